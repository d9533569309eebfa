namespace Platform.Connections.Network;

/// <summary>What the network says of a viewer and other members, in their order; what was not asked for is empty.</summary>
/// <param name="Degrees">How far each is.</param>
/// <param name="MutualCounts">How many connections each shares with the viewer, as far as the viewer may know.</param>
public sealed record NetworkStandings(
    IReadOnlyList<NetworkDegree> Degrees,
    IReadOnlyList<int> MutualCounts
);
