using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Paging;

/// <summary>
/// Opaque page tokens (AIP-158): a position in a list, bound to the list by a fingerprint of its scope. A token of another
/// list, caller or filter is refused. It is no secret and no permission: whoever forges one still reads only what the
/// request itself may read.
/// </summary>
public static class PageToken
{
    private const byte Version = 1;
    private const int FingerprintLength = 8;
    private const int MaxLength = 1024;

    /// <summary>Makes a token. Empty for a null position: the end of the list.</summary>
    /// <param name="scope">Method, caller and filters: everything that must not change between pages but the size.</param>
    /// <param name="position">Where the next page begins, in the list's own terms.</param>
    public static string Encode(string scope, string? position)
    {
        if (position is null)
        {
            return "";
        }
        var text = Encoding.UTF8.GetBytes(position);
        var token = new byte[1 + FingerprintLength + text.Length];
        token[0] = Version;
        Fingerprint(scope, token.AsSpan(1, FingerprintLength));
        text.CopyTo(token.AsSpan(1 + FingerprintLength));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The position of a token; null for an empty token, which asks for the first page.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidPageToken"/>.</exception>
    public static string? Decode(string scope, string token)
    {
        if (token.Length == 0)
        {
            return null;
        }
        if (token.Length > MaxLength || !Base64Url.IsValid(token))
        {
            throw Foreign();
        }
        var bytes = Base64Url.DecodeFromChars(token);
        Span<byte> fingerprint = stackalloc byte[FingerprintLength];
        Fingerprint(scope, fingerprint);
        if (
            bytes.Length < 1 + FingerprintLength
            || bytes[0] != Version
            || !bytes.AsSpan(1, FingerprintLength).SequenceEqual(fingerprint)
        )
        {
            throw Foreign();
        }
        return Encoding.UTF8.GetString(bytes.AsSpan(1 + FingerprintLength));
    }

    /// <summary>The refusal of a token whose position makes no sense to its list.</summary>
    public static DomainException Foreign() =>
        new(
            ErrorReason.InvalidPageToken,
            "The page token is not one that this list gave for these filters."
        );

    private static void Fingerprint(string scope, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(scope), hash);
        hash[..FingerprintLength].CopyTo(destination);
    }
}
