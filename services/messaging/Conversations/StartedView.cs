namespace Platform.Messaging.Conversations;

/// <summary>A conversation that was made or found.</summary>
/// <param name="Conversation">As the one who asked sees it.</param>
/// <param name="Created">Whether the request, in its first run, made it.</param>
public sealed record StartedView(ConversationView Conversation, bool Created);
