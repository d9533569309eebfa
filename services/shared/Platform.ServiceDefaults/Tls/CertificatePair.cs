using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.ServiceDefaults.Tls;

/// <summary>A certificate with its private key, and those between it and its authority.</summary>
internal sealed record CertificatePair(
    X509Certificate2 Certificate,
    SslStreamCertificateContext Context
)
{
    /// <exception cref="CryptographicException">They are not a certificate and its key.</exception>
    public static CertificatePair Read(string certificateFile, string keyFile)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (ArgumentException exception)
        {
            throw new CryptographicException(exception.Message, exception);
        }
        var between = new X509Certificate2Collection();
        between.ImportFromPemFile(certificateFile);
        return new CertificatePair(
            certificate,
            // made once, so that clients resume their sessions; offline, since nothing is to be fetched for a handshake
            SslStreamCertificateContext.Create(certificate, between, offline: true)
        );
    }
}
