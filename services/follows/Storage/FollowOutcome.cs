namespace Platform.Follows.Storage;

/// <summary>What became of a <see cref="FollowChange"/>.</summary>
public enum FollowOutcome
{
    /// <summary>It was made.</summary>
    Changed,

    /// <summary>It was so already; nothing was changed.</summary>
    Unchanged,

    /// <summary>A block stands between the two; nothing was changed.</summary>
    Blocked,

    /// <summary>The request id was used for another request; nothing was changed.</summary>
    RequestIdReused,

    /// <summary>A new follow is not allowed (<see cref="FollowChange.IsRefused"/>); nothing was changed.</summary>
    Refused,

    /// <summary>The follower is erased; nothing was changed.</summary>
    FollowerDeleted,

    /// <summary>The follower follows as many as it may; nothing was changed.</summary>
    LimitReached,

    /// <summary>The follower followed as many within the hour as it may; nothing was changed.</summary>
    RateReached,

    /// <summary>Of an import: it was so already, but since another time; nothing was changed.</summary>
    Different,
}
