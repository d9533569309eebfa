namespace Platform.ServiceDefaults.Tls;

/// <summary>Section <c>Tls:Services</c>.</summary>
public sealed class OutgoingTlsOptions
{
    /// <summary>The authorities that other services' certificates must come from; without it those that the system trusts.</summary>
    public string? CaFile { get; set; }

    /// <summary>The certificate that is shown to services that ask for one.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The private key of <see cref="CertificateFile"/>, not encrypted.</summary>
    public string? KeyFile { get; set; }
}
