namespace Platform.Ctl.Cli;

/// <summary>How a list is shown to people.</summary>
/// <param name="Nothing">What to say when it is empty.</param>
/// <param name="Columns">The heads of the table.</param>
/// <param name="Row">The cells of an entry.</param>
public sealed record ListTable<T>(
    string Nothing,
    IReadOnlyList<string> Columns,
    Func<T, IReadOnlyList<string>> Row
)
    where T : notnull;
