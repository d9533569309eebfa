namespace Platform.Connections.Client;

/// <summary>One event of the stream of changes.</summary>
/// <param name="Change">What happened; null for a sign of life, before which everything was told.</param>
/// <param name="Cursor">Where the stream resumes after this event.</param>
/// <param name="Time">Of the change, or of the sign of life, by connections' clock.</param>
public sealed record RecordEvent(RecordedChange? Change, string Cursor, DateTimeOffset Time);
