namespace Platform.Messaging.Live;

/// <summary>What happened in a conversation.</summary>
public enum ChangeKind
{
    /// <summary>A message was stored.</summary>
    MessageSent,

    /// <summary>A message was edited or deleted.</summary>
    MessageChanged,

    /// <summary>A read mark moved.</summary>
    ReadMoved,

    /// <summary>The conversation was started, named, or its members changed.</summary>
    ConversationChanged,

    /// <summary>The member is no longer in it.</summary>
    Left,
}
