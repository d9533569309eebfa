namespace Platform.Connections.Members;

/// <summary>The limit that a slot is taken from. The numbers are stored.</summary>
public enum SlotKind
{
    /// <summary>Invitations: of the rolling week for as long as the week lasts, and pending ones while the sending is under way.</summary>
    Invitation = 1,

    /// <summary>Connections, while the connecting is under way.</summary>
    Connection = 2,

    /// <summary>Blocks, while the blocking is under way.</summary>
    Block = 3,
}
