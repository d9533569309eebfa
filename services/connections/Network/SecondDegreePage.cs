namespace Platform.Connections.Network;

/// <summary>A part of the second degree.</summary>
/// <param name="Members">The members of this part.</param>
/// <param name="HasMore">Whether there are more.</param>
/// <param name="TotalCount">How many there are in all parts.</param>
public sealed record SecondDegreePage(
    IReadOnlyList<SecondDegreeEntry> Members,
    bool HasMore,
    int TotalCount
);
