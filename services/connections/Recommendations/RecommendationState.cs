namespace Platform.Connections.Recommendations;

/// <summary>Where a recommendation stands. The numbers are stored, and are those of the contract.</summary>
public enum RecommendationState
{
    /// <summary>The recipient asked for it; nothing is written yet.</summary>
    Requested = 1,

    /// <summary>Written; waits for the recipient.</summary>
    Written = 2,

    /// <summary>Accepted, and nothing waits.</summary>
    Accepted = 3,

    /// <summary>The recipient asked for another version.</summary>
    RevisionAsked = 4,

    /// <summary>Revised; waits for the recipient.</summary>
    Revised = 5,

    /// <summary>Taken back. Final.</summary>
    Withdrawn = 6,

    /// <summary>Declined. Final.</summary>
    Declined = 7,
}
