namespace Platform.Connections.Network.Graph;

/// <summary>A change that an index holds: its store must hold it too, or a later one of the same pair.</summary>
/// <param name="Low">One member.</param>
/// <param name="High">The other.</param>
/// <param name="Revision">The revision of the change.</param>
public readonly record struct AppliedChange(string Low, string High, long Revision);
