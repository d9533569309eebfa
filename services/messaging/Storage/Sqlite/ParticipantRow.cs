namespace Platform.Messaging.Storage.Sqlite;

/// <summary>What one member may see of a conversation, and how far they have read.</summary>
internal sealed record ParticipantRow(
    long Key,
    long LastNumber,
    long FirstNumber,
    long ReadNumber,
    long Unread,
    long Stamp
);
