using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Tls;

/// <summary>
/// Section <c>Tls</c>: files in PEM, each looked at again after <see cref="ReloadInterval"/>, so that a certificate is renewed without a
/// restart. Nothing set is clear text, for a mesh or one machine.
/// </summary>
public sealed class TlsOptions : IValidatedOptions
{
    /// <summary>The certificate that this server shows, and after it those between it and its authority.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The private key of <see cref="CertificateFile"/>, not encrypted.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The authorities whose certificates a client must show to be let in at all; without it none is asked for.</summary>
    public string? ClientCaFile { get; set; }

    /// <summary>What holds for calls to other services whose address is https.</summary>
    public OutgoingTlsOptions Services { get; set; } = new();

    /// <summary>How long a file that changed may go unnoticed.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether this server speaks TLS.</summary>
    public bool IsServed => !string.IsNullOrEmpty(CertificateFile);

    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrEmpty(CertificateFile) != string.IsNullOrEmpty(KeyFile))
        {
            yield return "Tls:CertificateFile and Tls:KeyFile belong together: one is set and the other is not.";
        }
        if (!string.IsNullOrEmpty(ClientCaFile) && !IsServed)
        {
            yield return "Tls:ClientCaFile asks for certificates of clients, which needs Tls:CertificateFile: in clear text there are none.";
        }
        if (
            string.IsNullOrEmpty(Services.CertificateFile) != string.IsNullOrEmpty(Services.KeyFile)
        )
        {
            yield return "Tls:Services:CertificateFile and Tls:Services:KeyFile belong together: one is set and the other is not.";
        }
        if (ReloadInterval <= TimeSpan.Zero)
        {
            yield return "Tls:ReloadInterval must be positive.";
        }
    }
}
