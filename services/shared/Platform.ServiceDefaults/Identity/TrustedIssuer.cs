using System.Security.Cryptography;

namespace Platform.ServiceDefaults.Identity;

/// <summary>An issuer of tokens, its public keys and what its tokens may do.</summary>
public sealed class TrustedIssuer
{
    /// <summary>The claim <c>iss</c> of its tokens.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>A file with its public keys: PEM (one or more) or a JSON Web Key Set.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>
    /// Instead of a file, an https address of its JSON Web Key Set, or of its OpenID metadata (<c>/.well-known/openid-configuration</c>);
    /// http only on this machine.
    /// </summary>
    public string KeysUrl { get; set; } = "";

    /// <summary>The roles its tokens may carry: member, service, operator. A token with another role is refused.</summary>
    public IList<string> Roles { get; set; } = [];

    internal IEnumerable<string> Validate(string setting)
    {
        if (string.IsNullOrWhiteSpace(Issuer))
        {
            yield return $"{setting}:Issuer must name the issuer.";
        }
        if (Roles.Count == 0 || !Roles.All(role => RoleNames.TryParse(role, out _)))
        {
            yield return $"{setting}:Roles must list roles of: member, service, operator.";
        }
        if (KeysUrl.Length > 0)
        {
            if (KeyFile.Length > 0)
            {
                yield return $"{setting} must have KeyFile or KeysUrl, not both.";
            }
            if (
                !Uri.TryCreate(KeysUrl, UriKind.Absolute, out var address)
                || !KeySetDocument.IsAllowed(address)
            )
            {
                yield return $"{setting}:KeysUrl must be an https address; it is '{KeysUrl}'.";
            }
        }
        else if (KeyProblem(KeyFile) is { } problem)
        {
            yield return $"{setting}:KeyFile {problem}";
        }
    }

    private static string? KeyProblem(string file)
    {
        if (!File.Exists(file))
        {
            return $"must name a file with public keys; '{file}' is not there.";
        }
        try
        {
            return KeyFiles.ReadPublicKeys(file).Count == 0
                ? $"'{file}' holds no public key."
                : null;
        }
        catch (Exception exception)
            when (exception
                    is ArgumentException
                        or CryptographicException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            return $"'{file}' cannot be read as PEM or JSON Web Key Set.";
        }
    }
}
