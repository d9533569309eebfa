namespace Platform.Connections.Relationships;

/// <summary>Why an invitation was declined; the inviter sees it. The numbers are stored, and are those of the contract.</summary>
public enum DeclineReason
{
    /// <summary>No reason given.</summary>
    None = 0,

    /// <summary>The invitee does not know the inviter.</summary>
    UnknownPerson = 1,

    /// <summary>Not now.</summary>
    NotNow = 2,

    /// <summary>No reason to connect.</summary>
    NotRelevant = 3,

    /// <summary>Reads like advertising.</summary>
    Unsolicited = 4,

    /// <summary>Something else.</summary>
    Other = 5,
}
