using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Identity;

/// <summary>Section <c>ServiceIdentity</c>: how this service shows others who it is.</summary>
public sealed class ServiceIdentityOptions : IValidatedOptions
{
    /// <summary>The issuer of services' tokens; the others list it under <c>Auth:Issuers</c> with the role service.</summary>
    public string Issuer { get; set; } = "platform-services";

    /// <summary>A file with a private P-256 key in PEM. Needed only by services that call others.</summary>
    public string KeyFile { get; set; } = "";

    public IEnumerable<string> Validate()
    {
        if (KeyFile.Length > 0 && !File.Exists(KeyFile))
        {
            yield return $"ServiceIdentity:KeyFile must name a private key in PEM; '{KeyFile}' is not there.";
        }
    }
}
