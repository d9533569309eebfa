namespace Platform.Messaging.Messages;

/// <summary>What a member has not read, over all conversations.</summary>
public sealed record UnreadCounts(long Conversations, long Messages);
