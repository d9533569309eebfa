namespace Platform.Feed.Timelines;

/// <summary>A part of the members who have a timeline.</summary>
/// <param name="NextCursor">Empty after the last part.</param>
public sealed record TimelineOwners(IReadOnlyList<string> Members, string NextCursor);
