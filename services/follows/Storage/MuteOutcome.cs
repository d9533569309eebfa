namespace Platform.Follows.Storage;

/// <summary>What became of muting or unmuting.</summary>
public enum MuteOutcome
{
    /// <summary>It was made.</summary>
    Changed,

    /// <summary>Nothing was muted that could be unmuted.</summary>
    NotMuted,

    /// <summary>The member mutes as many as one may.</summary>
    LimitReached,

    /// <summary>The member is erased.</summary>
    MemberDeleted,

    /// <summary>The request id was used for another request.</summary>
    RequestIdReused,
}
