using Platform.Connections.Relationships;

namespace Platform.Connections.Storage;

/// <summary>Two members who are connected.</summary>
/// <param name="Pair">The two.</param>
/// <param name="Time">Since when.</param>
public readonly record struct ConnectedPair(MemberPair Pair, DateTimeOffset Time);
