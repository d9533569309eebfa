using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Platform.ServiceDefaults.Text;

/// <summary>
/// The id of a hashtag: form KC, lower case, without <c>#</c>, so that <c>#Café</c>, <c>café</c> and <c>ＣＡＦÉ</c> are one. Letters,
/// marks, digits and <c>_</c> of any script, with at least one letter or digit.
/// </summary>
public static class HashtagId
{
    /// <summary>The most code points, after normalisation.</summary>
    public const int MaxLength = 64;

    // Form KC makes at most 18 characters of one; what is longer than this need not be looked at.
    private const int MaxRawLength = 4 * MaxLength;

    /// <summary>What an id must be, for the caller.</summary>
    public const string Rule =
        "must be a hashtag of at most 64 letters, marks, digits and _, with a letter or digit in it";

    /// <summary>Normalises a hashtag; normalising the result again changes nothing.</summary>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? id)
    {
        ArgumentNullException.ThrowIfNull(text);
        id = null;
        if (text.Length is 0 or > MaxRawLength)
        {
            return false;
        }
        var normal = UnicodeNormalization.ToFormKc(text);
        if (normal.StartsWith('#'))
        {
            normal = normal[1..];
        }
        // Lower case can leave the form (a letter may gain a mark), so it is made again.
        normal = UnicodeNormalization.ToFormKc(Lower(normal));
        if (!IsValid(normal))
        {
            return false;
        }
        id = normal;
        return true;
    }

    private static string Lower(string text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            lower.Append(Rune.ToLowerInvariant(rune).ToString());
        }
        return lower.ToString();
    }

    private static bool IsValid(string text)
    {
        var length = 0;
        var named = false;
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            // number: digits, and letters used as numbers, but not fractions and the like, which form KC has resolved
            var letterOrDigit = Rune.IsLetter(rune) || Rune.IsNumber(rune);
            if (!letterOrDigit && rune.Value != '_' && !IsMark(rune))
            {
                return false;
            }
            named |= letterOrDigit;
        }
        return named && length <= MaxLength;
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is System.Globalization.UnicodeCategory.NonSpacingMark
                or System.Globalization.UnicodeCategory.SpacingCombiningMark
                or System.Globalization.UnicodeCategory.EnclosingMark;
}
