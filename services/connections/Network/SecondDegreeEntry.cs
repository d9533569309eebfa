namespace Platform.Connections.Network;

/// <summary>A member two connections away, as the viewer sees it.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="MutualCount">Through how many connections.</param>
/// <param name="Connectors">Some of those.</param>
public sealed record SecondDegreeEntry(
    string MemberId,
    int MutualCount,
    IReadOnlyList<string> Connectors
);
