namespace Platform.Testing.Graphs;

/// <summary>An edge list: one pair of ids a line.</summary>
public static class EdgeFile
{
    /// <summary>The pairs.</summary>
    public static IReadOnlyList<(string A, string B)> Read(FileInfo edges) =>
        [
            .. File.ReadLines(edges.FullName)
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length == 2 && words[0][0] is not ('#' or '%'))
                .Select(words => (words[0], words[1])),
        ];
}
