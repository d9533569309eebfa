using System.Security.Cryptography;
using System.Text;

namespace Platform.Messaging.Conversations;

/// <summary>Ids of conversations; opaque for callers.</summary>
public static class ConversationIds
{
    private const string GroupPrefix = "g-";
    private const int MaxLength = 160;

    /// <summary>The one conversation of a pair, whoever starts it. <c>~</c> stands in no member id, so no two pairs share it.</summary>
    public static string OfPair(string one, string other) =>
        string.CompareOrdinal(one, other) < 0 ? $"{one}~{other}" : $"{other}~{one}";

    /// <summary>
    /// A new group's. With a request id it follows from who asks, that id and what is asked, so that a repeated request names the same
    /// group and a store needs no more than one atomic insert to make it once.
    /// </summary>
    public static string OfGroup(string creatorId, string requestId, string fingerprint)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        if (requestId.Length == 0)
        {
            RandomNumberGenerator.Fill(bytes);
        }
        else
        {
            SHA256.HashData(
                Encoding.UTF8.GetBytes($"{creatorId}~{requestId}~{fingerprint}"),
                bytes
            );
        }
        return GroupPrefix + Convert.ToHexStringLower(bytes[..16]);
    }

    /// <summary>Whether <paramref name="id"/> is written like one: 1-160 of <c>A-Z a-z 0-9 _ - . ~</c></summary>
    public static bool IsValid(string id)
    {
        if (id.Length is 0 or > MaxLength)
        {
            return false;
        }
        foreach (var character in id)
        {
            if (
                !char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-' or '.' or '~')
            )
            {
                return false;
            }
        }
        return true;
    }
}
