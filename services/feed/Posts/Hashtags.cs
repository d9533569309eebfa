using System.Globalization;
using System.Text;
using Platform.ServiceDefaults.Text;

namespace Platform.Feed.Posts;

/// <summary>
/// Finds hashtags: <c>#</c> (or the full-width <c>＃</c>), not after a character that could belong to a tag, then letters,
/// marks, digits or <c>_</c> of any script up to the first other character. What has no letter (<c>#1</c>) is no tag, nor
/// is what nobody could follow: <see cref="HashtagId"/> has the rule.
/// </summary>
public static class Hashtags
{
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
                letters
                && HashtagId.TryNormalize(text[position..end], out var tag)
                && known.Add(tag)
            )
            {
                tags.Add(tag);
            }
            insideWord = length > 0;
            position = end;
        }
        return tags;
    }

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
