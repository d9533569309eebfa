using System.Globalization;
using System.Text;

namespace Platform.Feed.Posts;

/// <summary>
/// Finds hashtags: <c>#</c> (or the full-width <c>＃</c>), not after a character that could belong to a tag, then letters,
/// marks, digits or <c>_</c> of any script up to the first other character. Digits alone are no tag (<c>#1</c>), nor is
/// what has no letter or digit, or more than 64 code points.
/// </summary>
public static class Hashtags
{
    /// <summary>The most code points of a tag.</summary>
    public const int MaxLength = 64;

    /// <summary>The normalised tags of a text, each once, in the order of first appearance.</summary>
    public static IReadOnlyList<string> Parse(string text)
    {
        if (!text.AsSpan().ContainsAny('#', '＃'))
        {
            return [];
        }
        var tags = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var position = 0;
        var insideWord = false;
        while (position < text.Length)
        {
            // half a surrogate pair comes as the replacement character, which ends a tag
            Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out var width);
            position += width;
            if (rune.Value is not ('#' or '＃'))
            {
                insideWord = IsTagCharacter(rune);
                continue;
            }
            if (insideWord)
            {
                // C#sharp: the sign belongs to the word before it
                insideWord = false;
                continue;
            }
            var end = EndOfTag(text, position, out var length, out var letters);
            if (
                length is > 0 and <= MaxLength
                && letters
                && known.Add(Normalize(text[position..end]))
            )
            {
                tags.Add(Normalize(text[position..end]));
            }
            insideWord = length > 0;
            position = end;
        }
        return tags;
    }

    /// <summary>The form in which tags are compared and followed: NFKC, lower case.</summary>
    public static string Normalize(string tag) =>
        tag.Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    private static int EndOfTag(string text, int start, out int length, out bool letters)
    {
        length = 0;
        letters = false;
        var position = start;
        while (position < text.Length)
        {
            Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out var width);
            if (!IsTagCharacter(rune))
            {
                break;
            }
            letters |= Rune.IsLetter(rune);
            length++;
            position += width;
        }
        return position;
    }

    private static bool IsTagCharacter(Rune rune) =>
        rune.Value == '_'
        || Rune.IsLetter(rune)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber;
}
