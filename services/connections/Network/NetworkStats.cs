namespace Platform.Connections.Network;

/// <summary>The sizes of a member's network.</summary>
/// <param name="FirstDegree">How many are one connection away.</param>
/// <param name="SecondDegree">How many are two away.</param>
/// <param name="Members">How many members have any connection at all.</param>
public sealed record NetworkStats(int FirstDegree, int SecondDegree, int Members);
