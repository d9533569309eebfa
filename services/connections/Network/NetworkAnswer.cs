namespace Platform.Connections.Network;

/// <summary>An answer, and the revision that it stands for.</summary>
/// <param name="Value">The answer.</param>
/// <param name="Revision">The revision.</param>
public readonly record struct NetworkAnswer<T>(T Value, long Revision);
