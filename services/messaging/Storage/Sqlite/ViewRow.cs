using Platform.Messaging.Conversations;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>A conversation as a member sees it, and its place in their list.</summary>
internal sealed record ViewRow(long Key, long Activity, ConversationView View);
