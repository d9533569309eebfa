namespace Platform.Connections.Network.Graph;

/// <summary>What the change record says of a pair: connected or not since a change. Blocked either way is not connected.</summary>
/// <param name="Low">One member.</param>
/// <param name="High">The other.</param>
/// <param name="Connected">Whether the two are connected after this change.</param>
/// <param name="TimeMs">Since when, in milliseconds since 1970; means nothing when not connected.</param>
/// <param name="Revision">The revision of the change. Of two changes of one pair the greater is the later.</param>
public readonly record struct EdgeChange(
    string Low,
    string High,
    bool Connected,
    long TimeMs,
    long Revision
);
