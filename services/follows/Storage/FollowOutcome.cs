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

    /// <summary>Of an import: it was so already, but since another time; nothing was changed.</summary>
    Different,
}
