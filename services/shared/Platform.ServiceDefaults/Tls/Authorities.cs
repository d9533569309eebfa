using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.ServiceDefaults.Tls;

/// <summary>The authorities of a file, and whether a certificate comes from one of them; others are not believed, the system's neither.</summary>
internal sealed class Authorities
{
    private readonly X509Certificate2Collection _roots;

    private Authorities(X509Certificate2Collection roots) => _roots = roots;

    /// <exception cref="CryptographicException">The file holds no certificate.</exception>
    public static Authorities Read(string file)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return roots.Count > 0
            ? new Authorities(roots)
            : throw new CryptographicException("it holds no certificate.");
    }

    /// <summary>Whether what the other side showed comes from one of them and is meant for that side.</summary>
    /// <param name="shown">The certificate.</param>
    /// <param name="chain">What came with it.</param>
    /// <param name="errors">What the system says of it; that the name is another's is taken from there.</param>
    /// <param name="usage">What the certificate must be for.</param>
    public bool Accept(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors, Oid usage)
    {
        const SslPolicyErrors Final =
            SslPolicyErrors.RemoteCertificateNotAvailable
            | SslPolicyErrors.RemoteCertificateNameMismatch;
        if (shown is not X509Certificate2 certificate || (errors & Final) != 0)
        {
            return false;
        }
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_roots);
        own.ChainPolicy.ApplicationPolicy.Add(usage);
        // a private authority publishes no list that could be asked; its certificates are short-lived instead
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        if (chain is not null)
        {
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        }
        return own.Build(certificate);
    }
}
