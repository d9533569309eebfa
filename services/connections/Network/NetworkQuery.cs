namespace Platform.Connections.Network;

/// <summary>Who asks, and how fresh the answer has to be.</summary>
/// <param name="Viewer">Who asks.</param>
/// <param name="AtLeastRevision">The revision that the answer has to hold; 0 for any.</param>
/// <param name="Deadline">When the caller no longer waits.</param>
public readonly record struct NetworkQuery(
    string Viewer,
    long AtLeastRevision,
    DateTimeOffset Deadline
);
