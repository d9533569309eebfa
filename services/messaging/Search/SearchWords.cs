using System.Globalization;
using System.Text;
using Platform.ServiceDefaults.Text;

namespace Platform.Messaging.Search;

/// <summary>
/// What counts as a word, the same for every engine: runs of letters and digits, without regard to case and accents. Of scripts that are
/// written without spaces each character is a word.
/// </summary>
public static class SearchWords
{
    // a word of so many letters is none
    private const int MaxLength = 64;

    /// <summary>The words of a text in their order.</summary>
    public static IEnumerable<SearchWord> Of(string text)
    {
        var folded = new StringBuilder();
        var (position, start) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var kind = KindOf(rune);
            if (kind != WordPart.Of && kind != WordPart.Mark && folded.Length > 0)
            {
                yield return Take(folded, start, position);
            }
            if (kind == WordPart.Whole)
            {
                yield return new SearchWord(UnicodeNormalization.Fold(rune), position, 1);
            }
            else if (kind == WordPart.Of)
            {
                if (folded.Length == 0)
                {
                    start = position;
                }
                if (folded.Length < MaxLength)
                {
                    folded.Append(UnicodeNormalization.Fold(rune));
                }
            }
            position++;
        }
        if (folded.Length > 0)
        {
            yield return Take(folded, start, position);
        }
    }

    /// <summary>The different words of a text.</summary>
    public static IReadOnlyList<string> Distinct(string text) =>
        [.. Of(text).Select(word => word.Folded).Distinct(StringComparer.Ordinal)];

    private static SearchWord Take(StringBuilder folded, int start, int end)
    {
        var word = new SearchWord(folded.ToString(), start, end - start);
        folded.Clear();
        return word;
    }

    private static WordPart KindOf(Rune rune) =>
        // Hiragana to Katakana, and the ideographs with their extensions
        rune.Value
            is (>= 0x3041 and <= 0x30FF)
                or (>= 0x3400 and <= 0x9FFF)
                or (>= 0x20000 and <= 0x3FFFF)
            ? WordPart.Whole
        : Rune.IsLetterOrDigit(rune) ? WordPart.Of
        : Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
            ? WordPart.Mark
        : WordPart.None;

    private enum WordPart
    {
        None,
        Mark,
        Of,
        Whole,
    }
}
