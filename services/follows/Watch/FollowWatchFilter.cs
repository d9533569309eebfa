using Platform.Follows.Entities;
using Platform.Follows.Storage;

namespace Platform.Follows.Watch;

/// <summary>What a watcher wants to know.</summary>
public sealed record FollowWatchFilter
{
    /// <summary>Only what this member follows and mutes; empty for everybody.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Only these kinds of change; empty for all.</summary>
    public IReadOnlySet<FollowChangeKind> Kinds { get; init; } = new HashSet<FollowChangeKind>();

    /// <summary>Only entities of these kinds; empty for all.</summary>
    public IReadOnlySet<FollowKind> EntityKinds { get; init; } = new HashSet<FollowKind>();

    /// <summary>Where the changes of interest are; null for everywhere.</summary>
    public int? Bucket => Owner.Length == 0 ? null : FollowKeys.BucketOf(Owner);

    /// <summary>Whether a change is of interest.</summary>
    public bool Concerns(RecordedFollow change) =>
        (Owner.Length == 0 || string.Equals(change.Pair.Follower, Owner, StringComparison.Ordinal))
        && (Kinds.Count == 0 || Kinds.Contains(KindOf(change)))
        && (EntityKinds.Count == 0 || EntityKinds.Contains(change.Pair.Entity.Kind));

    /// <summary>What happened.</summary>
    public static FollowChangeKind KindOf(RecordedFollow change) =>
        (change.IsMute, change.Holds) switch
        {
            (false, true) => FollowChangeKind.Followed,
            (false, false) => FollowChangeKind.Unfollowed,
            (true, true) => FollowChangeKind.Muted,
            (true, false) => FollowChangeKind.Unmuted,
        };
}
