namespace Platform.Connections.Relationships;

/// <summary>Whether a member can be invited by another at all, as far as that follows from something else than their pair.</summary>
public enum Invitability
{
    /// <summary>Yes.</summary>
    Open,

    /// <summary>No: the member's settings say so. An invitation that the member sent can still be crossed.</summary>
    Closed,

    /// <summary>No: the member is erased.</summary>
    Gone,
}
