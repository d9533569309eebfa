namespace Platform.Connections.Network;

/// <summary>How two members are connected.</summary>
/// <param name="Degree">How far they are apart.</param>
/// <param name="Paths">Shortest ways, both members included.</param>
/// <param name="IsComplete">Whether these are all.</param>
public sealed record NetworkPaths(
    NetworkDegree Degree,
    IReadOnlyList<IReadOnlyList<string>> Paths,
    bool IsComplete
);
