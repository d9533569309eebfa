namespace Platform.Connections.Storage;

/// <summary>A place in a list, just after an entry.</summary>
/// <param name="Time">The time by which the entry is ordered.</param>
/// <param name="OtherId">The other member of the entry.</param>
public sealed record ListPosition(DateTimeOffset Time, string OtherId);
