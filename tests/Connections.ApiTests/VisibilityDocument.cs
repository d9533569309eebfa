namespace Platform.Tests.Connections.ApiTests;

/// <summary>The tables of docs/visibility.md, cell by cell.</summary>
internal static class VisibilityDocument
{
    /// <summary>The cells of the table below a heading: row, column, and what stands there.</summary>
    public static TheoryData<string, string, string> Cells(string heading)
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "visibility.md"))
            .SkipWhile(line => line != $"## {heading}")
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .ToList();
        var cells = new TheoryData<string, string, string>();
        // the second line of a table is its rule
        foreach (var row in lines.Skip(2))
        {
            for (var column = 1; column < row.Length; column++)
            {
                cells.Add(row[0], lines[0][column], row[column]);
            }
        }
        return cells.Count > 0
            ? cells
            : throw new InvalidOperationException($"No table below \"{heading}\".");
    }
}
