namespace Platform.Connections.Members;

/// <summary>
/// What is kept about one member by itself, as one immutable document; whatever concerns two stands with the pair. A change
/// is a compare-and-set on <see cref="Revision"/>.
/// </summary>
public sealed record MemberRecord
{
    /// <summary>The member.</summary>
    public required string MemberId { get; init; }

    /// <summary>How often this document was changed; 0 when nothing is stored. Not a revision of the service.</summary>
    public long Revision { get; init; }

    /// <summary>What the member decided.</summary>
    public MemberSettings Settings { get; init; } = MemberSettings.Default;

    /// <summary>The changes of settings that can be repeated, oldest first.</summary>
    public IReadOnlyList<SettingsMutation> RecentMutations { get; init; } = [];

    /// <summary>The slots taken within the member's limits, in the order in which they were taken.</summary>
    public IReadOnlyList<Slot> Slots { get; init; } = [];

    /// <summary>The member's erasure; null while nobody asked for it.</summary>
    public MemberDeletion? Deletion { get; init; }

    /// <summary>Whether the member is being erased, or has been: nobody may find, invite or connect with them any more.</summary>
    public bool IsErased => Deletion is not null;

    /// <summary>The record of a member about whom nothing is stored.</summary>
    public static MemberRecord Of(string memberId) => new() { MemberId = memberId };
}
