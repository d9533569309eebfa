using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Platform.ServiceDefaults.Text;

/// <summary>
/// Normalisation form KC (UAX #15), from a table of this assembly. <see cref="string.Normalize()"/> is no help: with
/// InvariantGlobalization it leaves text as it is, and with ICU it changes with the machine - but what is normalised here
/// becomes a key that must be found again.
/// </summary>
public static class UnicodeNormalization
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int HangulCount = LeadCount * VowelCount * TrailCount;

    private static readonly Table Data = Load();

    /// <summary>The text in form KC. Lone surrogates become U+FFFD.</summary>
    public static string ToFormKc(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text))
        {
            return text;
        }
        var points = Decompose(text);
        Order(points);
        Compose(points);
        var result = new StringBuilder(points.Count);
        Span<char> buffer = stackalloc char[2];
        foreach (var point in points)
        {
            result.Append(buffer[..new Rune(point).EncodeToUtf16(buffer)]);
        }
        return result.ToString();
    }

    /// <summary>
    /// A character without what may be written or left out: in form KD without marks, in lower case. For looking something up, not
    /// for keys.
    /// </summary>
    public static string Fold(Rune rune)
    {
        if (rune.IsAscii)
        {
            return Rune.ToLowerInvariant(rune).ToString();
        }
        var folded = new StringBuilder();
        foreach (var point in Decompose(rune.ToString()))
        {
            var part = new Rune(point);
            if (
                Rune.GetUnicodeCategory(part)
                is not (
                    UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.SpacingCombiningMark
                    or UnicodeCategory.EnclosingMark
                )
            )
            {
                folded.Append(Rune.ToLowerInvariant(part).ToString());
            }
        }
        return folded.ToString();
    }

    private static List<int> Decompose(string text)
    {
        var points = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            var hangul = rune.Value - HangulBase;
            if (hangul is >= 0 and < HangulCount)
            {
                points.Add(LeadBase + (hangul / (VowelCount * TrailCount)));
                points.Add(VowelBase + (hangul % (VowelCount * TrailCount) / TrailCount));
                if (hangul % TrailCount != 0)
                {
                    points.Add(TrailBase + (hangul % TrailCount));
                }
            }
            else if (Data.Decompositions.TryGetValue(rune.Value, out var decomposition))
            {
                points.AddRange(decomposition);
            }
            else
            {
                points.Add(rune.Value);
            }
        }
        return points;
    }

    /// <summary>Marks after a base in the order of their classes; equal classes keep theirs.</summary>
    private static void Order(List<int> points)
    {
        for (var index = 1; index < points.Count; index++)
        {
            var point = points[index];
            var combining = ClassOf(point);
            var slot = index;
            while (combining > 0 && slot > 0 && ClassOf(points[slot - 1]) > combining)
            {
                points[slot] = points[slot - 1];
                slot--;
            }
            points[slot] = point;
        }
    }

    private static void Compose(List<int> points)
    {
        var starter = -1;
        var kept = 0;
        var lastClass = 0;
        foreach (var point in points.ToArray())
        {
            var combining = ClassOf(point);
            var adjacent = starter == kept - 1;
            // blocked: something of the same or a higher class stands between
            if (
                starter >= 0
                && (adjacent || (lastClass < combining && lastClass != 0))
                && Pair(points[starter], point) is { } composite
            )
            {
                points[starter] = composite;
                continue;
            }
            if (combining == 0)
            {
                starter = kept;
            }
            lastClass = combining;
            points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        if (first - LeadBase is >= 0 and < LeadCount && second - VowelBase is >= 0 and < VowelCount)
        {
            return HangulBase
                + ((((first - LeadBase) * VowelCount) + (second - VowelBase)) * TrailCount);
        }
        var syllable = first - HangulBase;
        if (
            syllable is >= 0 and < HangulCount
            && syllable % TrailCount == 0
            && second - TrailBase is > 0 and < TrailCount
        )
        {
            return first + (second - TrailBase);
        }
        return Data.Composites.TryGetValue((first, second), out var composite) ? composite : null;
    }

    private static int ClassOf(int point) => Data.Classes.GetValueOrDefault(point);

    private static Table Load()
    {
        var decompositions = new Dictionary<int, int[]>();
        var classes = new Dictionary<int, int>();
        var composites = new Dictionary<(int, int), int>();
        using var stream = typeof(UnicodeNormalization).Assembly.GetManifestResourceStream(
            "unicode-14.txt"
        )!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            switch (fields[0])
            {
                case "D":
                    decompositions[Hex(fields[1])] = [.. fields.Skip(2).Select(Hex)];
                    break;
                case "C":
                    classes[Hex(fields[1])] = int.Parse(fields[2], CultureInfo.InvariantCulture);
                    break;
                case "P":
                    composites[(Hex(fields[1]), Hex(fields[2]))] = Hex(fields[3]);
                    break;
                default:
                    break;
            }
        }
        return new Table(
            decompositions.ToFrozenDictionary(),
            classes.ToFrozenDictionary(),
            composites.ToFrozenDictionary()
        );
    }

    private static int Hex(string text) =>
        int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private sealed record Table(
        FrozenDictionary<int, int[]> Decompositions,
        FrozenDictionary<int, int> Classes,
        FrozenDictionary<(int First, int Second), int> Composites
    );
}
