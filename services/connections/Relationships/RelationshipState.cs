namespace Platform.Connections.Relationships;

/// <summary>What stands between two members. The numbers are stored.</summary>
public enum RelationshipState
{
    /// <summary>Nothing: nothing ever happened, or a block ended what there was.</summary>
    None = 0,

    /// <summary>An invitation waits for its answer.</summary>
    Pending = 1,

    /// <summary>First-degree connections.</summary>
    Connected = 2,

    /// <summary>The last invitation was declined.</summary>
    Declined = 3,

    /// <summary>The last invitation was withdrawn.</summary>
    Withdrawn = 4,

    /// <summary>The last invitation expired.</summary>
    Expired = 5,

    /// <summary>The connection was ended by one of the two.</summary>
    Removed = 6,

    /// <summary>One of the two was erased: nothing is left of the pair but this, and nothing begins again.</summary>
    Erased = 7,
}
