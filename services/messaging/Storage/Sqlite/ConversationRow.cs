using Platform.Messaging.Conversations;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>What a write needs to know of a conversation.</summary>
internal sealed record ConversationRow(
    long Key,
    ConversationKind Kind,
    long LastActivity,
    long MembersVersion,
    long LastNumber,
    long Stamp,
    long Shape,
    long FirstKept,
    bool HasOldest
);
