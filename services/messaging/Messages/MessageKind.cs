namespace Platform.Messaging.Messages;

/// <summary>What sort of message it is. The numbers are stored, and are those of the contract: they stay.</summary>
public enum MessageKind
{
    /// <summary>Text that a member sent.</summary>
    Text = 1,

    /// <summary>The note of the accepted invitation that opened the conversation.</summary>
    InvitationNote = 2,

    /// <summary>The sender added members.</summary>
    MembersAdded = 3,

    /// <summary>The sender left.</summary>
    MemberLeft = 4,

    /// <summary>The sender named the group; the text is the name.</summary>
    Renamed = 5,
}
