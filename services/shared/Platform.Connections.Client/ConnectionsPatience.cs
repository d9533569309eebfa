namespace Platform.Connections.Client;

/// <summary>How long calls of this service wait for connections.</summary>
public sealed record ConnectionsPatience(TimeSpan Time);
