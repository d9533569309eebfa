using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.Testing;

/// <summary>An authority of a test, which makes certificates of this machine; its files go with it.</summary>
public sealed class TestAuthority : IDisposable
{
    /// <summary>What a server's certificate is for.</summary>
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    /// <summary>What a client's certificate is for.</summary>
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly TemporaryFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        var request = new CertificateRequest(
            "CN=authority of a test",
            _key,
            HashAlgorithmName.SHA256
        );
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, false, 0, critical: true)
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true)
        );
        _certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow - Life,
            DateTimeOffset.UtcNow + Life
        );
        File.WriteAllText(CaFile, _certificate.ExportCertificatePem());
    }

    /// <summary>The authority itself, in PEM.</summary>
    public string CaFile => _folder.File("ca.pem");

    /// <summary>Makes a certificate for both sides of a connection, and writes or overwrites its files.</summary>
    /// <param name="name">What the files are called.</param>
    /// <param name="address">The address or the name that a server with it has.</param>
    /// <param name="usages">What it is for: both sides by default.</param>
    public (string CertificateFile, string KeyFile) Issue(
        string name,
        string address = "127.0.0.1",
        params string[] usages
    )
    {
        ArgumentNullException.ThrowIfNull(usages);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(address, out var number))
        {
            names.AddIpAddress(number);
        }
        else
        {
            names.AddDnsName(address);
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension(
                [
                    .. (usages is [] ? [ServerUsage, ClientUsage] : usages).Select(usage => new Oid(
                        usage
                    )),
                ],
                critical: false
            )
        );
        using var certificate = request.Create(
            _certificate,
            _certificate.NotBefore,
            _certificate.NotAfter,
            RandomNumberGenerator.GetBytes(16)
        );
        var files = (_folder.File($"{name}.pem"), _folder.File($"{name}.key"));
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>The certificate that <see cref="Issue"/> made, with its key.</summary>
    public X509Certificate2 Load(string name) =>
        X509Certificate2.CreateFromPemFile(
            _folder.File($"{name}.pem"),
            _folder.File($"{name}.key")
        );

    /// <summary>A client that believes this authority only, and shows a certificate if one is given.</summary>
    public SocketsHttpHandler Client(X509Certificate2? shown = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _certificate },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (shown is not null)
        {
            handler.SslOptions.ClientCertificates = [shown];
        }
        return handler;
    }

    /// <summary>Whether this authority made a certificate.</summary>
    public bool Made(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = Client().SslOptions.CertificateChainPolicy!;
        return chain.Build(certificate);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }
}
