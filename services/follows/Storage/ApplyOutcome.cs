namespace Platform.Follows.Storage;

/// <summary>What became of the second step of a change.</summary>
public enum ApplyOutcome
{
    /// <summary>The inverse is what the truth was.</summary>
    Applied,

    /// <summary>It is what a later truth was.</summary>
    Overtaken,

    /// <summary>The followed member is erased: there is no such follower, and the follow has to end.</summary>
    FolloweeDeleted,
}
