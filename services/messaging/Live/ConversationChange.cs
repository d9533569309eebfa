using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;

namespace Platform.Messaging.Live;

/// <summary>Something that happened in a conversation, as one of its members may know of it.</summary>
/// <param name="Stamp">Its place among all changes of that conversation.</param>
/// <param name="Kind">What happened.</param>
public sealed record ConversationChange(long Stamp, ChangeKind Kind)
{
    /// <summary>The message as it is now, for <see cref="ChangeKind.MessageSent"/> and <see cref="ChangeKind.MessageChanged"/>.</summary>
    public StoredMessage? Message { get; init; }

    /// <summary>Who has read, for <see cref="ChangeKind.ReadMoved"/>; as of which <see cref="ConversationMember.ReadNumber"/> says how far.</summary>
    public ConversationMember? Reader { get; init; }

    /// <summary>When they did.</summary>
    public DateTimeOffset ReadTime { get; init; }

    /// <summary>The conversation as the member sees it now, for <see cref="ChangeKind.ConversationChanged"/>.</summary>
    public ConversationView? Conversation { get; init; }
}
