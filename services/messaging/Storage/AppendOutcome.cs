namespace Platform.Messaging.Storage;

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>Stored now.</summary>
    Stored,

    /// <summary>The same request was stored before; that message is given.</summary>
    Repeated,

    /// <summary>The request id was used for something else; nothing stored.</summary>
    RequestReused,

    /// <summary>The members are not those for whom it was allowed, or the sender is no longer one; nothing stored.</summary>
    MembershipChanged,

    /// <summary>It would add members, and as many as the draft allows have left already; nothing stored.</summary>
    TooManyHaveLeft,
}
