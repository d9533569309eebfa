namespace Platform.Follows.Storage;

/// <summary>What became of a <see cref="SettingsChange"/>.</summary>
public enum SettingsOutcome
{
    /// <summary>It was made.</summary>
    Changed,

    /// <summary>The member is erased.</summary>
    MemberDeleted,

    /// <summary>The request id was used for another request.</summary>
    RequestIdReused,
}
