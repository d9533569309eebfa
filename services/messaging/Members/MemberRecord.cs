namespace Platform.Messaging.Members;

/// <summary>What messaging keeps of a member that concerns no conversation.</summary>
public sealed record MemberRecord
{
    public required string MemberId { get; init; }

    /// <summary>Counts the changes; 0 when nothing is stored.</summary>
    public long Revision { get; init; }
    public MemberSettings Settings { get; init; } = MemberSettings.Default;

    /// <summary>The latest requests that changed the settings, the oldest first.</summary>
    public IReadOnlyList<SettingsMutation> RecentMutations { get; init; } = [];

    /// <summary>Since when the member is being erased, or has been; null for all others.</summary>
    public DateTimeOffset? ErasedTime { get; init; }

    public bool IsErased => ErasedTime is not null;

    /// <summary>Of a member about whom nothing is stored.</summary>
    public static MemberRecord Of(string memberId) => new() { MemberId = memberId };
}
