using System.Buffers;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Import;

/// <summary>
/// Reads edge lists: one <c>a b</c> pair of member ids a line, separated by blanks or tabs; lines that begin with # or %
/// and blank lines are skipped.
/// </summary>
public static class EdgeListParser
{
    /// <summary>How many junk lines are kept for the report; all are counted.</summary>
    public const int JunkKept = 1000;

    private const int MaxIdLength = 64;
    private const int MaxShown = 40;

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."
    );

    /// <exception cref="CliException">The file is missing or cannot be read.</exception>
    public static async Task<EdgeList> ReadFileAsync(
        string path,
        CancellationToken cancellationToken
    )
    {
        using var reader = InputFile.Open(path, "--edges");
        return await ParseAsync(reader, cancellationToken);
    }

    public static async Task<EdgeList> ParseAsync(
        TextReader reader,
        CancellationToken cancellationToken
    )
    {
        var members = new List<string>();
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        var edges = new List<Edge>();
        var seen = new HashSet<(int, int)>();
        var junk = new List<JunkLine>();
        var junkCount = 0;
        var duplicates = 0;
        long number = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            number++;
            var text = line.AsSpan().Trim();
            if (text.IsEmpty || text[0] is '#' or '%')
            {
                continue;
            }

            if (Problem(text, out var first, out var second) is { } problem)
            {
                junkCount++;
                if (junk.Count < JunkKept)
                {
                    junk.Add(new JunkLine(number, problem));
                }

                continue;
            }

            var edge = new Edge(Position(first), Position(second));
            var key =
                edge.Inviter < edge.Invitee
                    ? (edge.Inviter, edge.Invitee)
                    : (edge.Invitee, edge.Inviter);
            if (seen.Add(key))
            {
                edges.Add(edge);
            }
            else
            {
                duplicates++;
            }
        }

        return new EdgeList(members, edges, duplicates, junkCount, junk);

        int Position(string id)
        {
            if (!positions.TryGetValue(id, out var position))
            {
                position = members.Count;
                positions.Add(id, position);
                members.Add(id);
            }

            return position;
        }
    }

    private static string? Problem(ReadOnlySpan<char> text, out string first, out string second)
    {
        first = second = "";
        var words = 0;
        foreach (var range in text.SplitAny(' ', '\t'))
        {
            var word = text[range];
            if (word.IsEmpty)
            {
                continue;
            }

            words++;
            if (words > 2)
            {
                return $"expected two member ids, found more in '{Shown(text)}'";
            }

            if (word.Length > MaxIdLength)
            {
                return $"a member id has at most {MaxIdLength} characters: '{Shown(word)}'";
            }

            if (word.ContainsAnyExcept(IdCharacters))
            {
                return $"not a member id: '{Shown(word)}'";
            }

            if (words == 1)
            {
                first = word.ToString();
            }
            else
            {
                second = word.ToString();
            }
        }

        if (words < 2)
        {
            return $"expected two member ids, found one in '{Shown(text)}'";
        }

        return first == second
            ? $"a member cannot be connected to themselves: '{Shown(text)}'"
            : null;
    }

    private static string Shown(ReadOnlySpan<char> text) =>
        text.Length <= MaxShown ? text.ToString() : string.Concat(text[..MaxShown], "...");
}
