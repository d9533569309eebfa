namespace Platform.Messaging.Storage;

/// <summary>Where messaging stands in connections' record of changes.</summary>
/// <param name="Cursor">The last cursor; empty for none.</param>
/// <param name="Since">When it was claimed for the first time.</param>
public sealed record RecordPosition(string Cursor, DateTimeOffset Since);
