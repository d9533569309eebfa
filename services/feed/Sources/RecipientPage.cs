namespace Platform.Feed.Sources;

/// <summary>A part of a list of members.</summary>
/// <param name="NextCursor">Where the next part begins; empty at the end.</param>
public sealed record RecipientPage(IReadOnlyList<string> Members, string NextCursor);
