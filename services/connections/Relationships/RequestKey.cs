namespace Platform.Connections.Relationships;

/// <summary>What makes a mutation repeatable: the caller's id for it and a fingerprint of what it asks.</summary>
public sealed record RequestKey(string Id, string Fingerprint);
