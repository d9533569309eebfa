namespace Platform.Messaging.Conversations;

/// <summary>What sort of conversation it is. The numbers are stored: they stay.</summary>
public enum ConversationKind
{
    /// <summary>Two members, for good; one such conversation a pair.</summary>
    Pair = 1,

    /// <summary>Members come and go; may have a name.</summary>
    Group = 2,
}
