using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Platform.ServiceDefaults.Identity;

/// <summary>Reads a JSON Web Key Set from its address, or from the one that an issuer's OpenID metadata name.</summary>
/// <remarks>
/// ConfigurationManager of Microsoft.IdentityModel would do the same with a clock of its own, and answers the first token of a new
/// key with the old ones while it reads; its parser of keys is what is used here.
/// </remarks>
internal static class KeySetDocument
{
    /// <summary>The largest document that is read; a key takes about a kilobyte with its certificate.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>
    /// Keys are believed because of whom they come from: only TLS shows that. In clear from this machine alone.
    /// </summary>
    public static bool IsAllowed(Uri? address) =>
        address is { IsAbsoluteUri: true }
        && (
            address.Scheme == Uri.UriSchemeHttps || (address.Scheme == "http" && address.IsLoopback)
        );

    /// <returns>The text of the key set, to compare with the last one, and its public keys.</returns>
    /// <exception cref="HttpRequestException">The address did not answer with success.</exception>
    /// <exception cref="InvalidDataException">What it answered is not a key set of this issuer.</exception>
    public static async Task<(string Text, IReadOnlyList<SecurityKey> Keys)> ReadAsync(
        HttpClient http,
        Uri address,
        string issuer,
        CancellationToken cancellationToken
    )
    {
        var text = await ReadTextAsync(http, address, cancellationToken).ConfigureAwait(false);
        if (KeySetAddress(text, issuer) is { } elsewhere)
        {
            text = await ReadTextAsync(http, elsewhere, cancellationToken).ConfigureAwait(false);
        }
        return (text, Parse(text));
    }

    // JSON is UTF-8, whatever the header says
    private static async Task<string> ReadTextAsync(
        HttpClient http,
        Uri address,
        CancellationToken cancellationToken
    ) =>
        Encoding.UTF8.GetString(
            await http.GetByteArrayAsync(address, cancellationToken).ConfigureAwait(false)
        );

    /// <summary>Where OpenID metadata say that the keys are; null for a text that is no metadata.</summary>
    private static Uri? KeySetAddress(string text, string issuer)
    {
        using var document = Json(text);
        if (!document.RootElement.TryGetProperty("jwks_uri", out var address))
        {
            return null;
        }
        // OpenID Connect Discovery 4.3: metadata of another issuer must not be used
        if (
            !document.RootElement.TryGetProperty("issuer", out var named)
            || named.ValueKind != JsonValueKind.String
            || named.GetString() != issuer
        )
        {
            throw new InvalidDataException("The metadata are of another issuer.");
        }
        return
            address.ValueKind == JsonValueKind.String
            && Uri.TryCreate(address.GetString(), UriKind.Absolute, out var uri)
            && IsAllowed(uri)
            ? uri
            : throw new InvalidDataException("The metadata name no https address of keys.");
    }

    private static SecurityKey[] Parse(string text)
    {
        using (var document = Json(text))
        {
            if (
                !document.RootElement.TryGetProperty("keys", out var keys)
                || keys.ValueKind != JsonValueKind.Array
            )
            {
                throw new InvalidDataException("The document holds no list of keys.");
            }
        }
        try
        {
            // a symmetric key that is published is known to everybody
            return
            [
                .. JsonWebKeySet
                    .Create(text)
                    .GetSigningKeys()
                    .Where(key => key is not SymmetricSecurityKey),
            ];
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException("The document is no JSON Web Key Set.", exception);
        }
    }

    private static JsonDocument Json(string text)
    {
        try
        {
            var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new InvalidDataException("The document is no JSON object.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("The document is no JSON.", exception);
        }
    }
}
