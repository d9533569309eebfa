namespace Platform.Follows.Storage;

/// <summary>An inverse that has to be applied: the truth about a pair, as it was read together with its sequence number.</summary>
/// <param name="Pair">Who and what.</param>
/// <param name="Following">Whether the follower followed at that moment.</param>
/// <param name="Sequence">Of the pair's last change at that moment. One number stands for one truth.</param>
/// <param name="Since">The sequence number of when the follow began; null where that is not kept.</param>
/// <param name="ReadAt">A time stamp of the store's clock; a truth that is too old is not applied any more.</param>
public sealed record PendingFollow(
    FollowPair Pair,
    bool Following,
    long Sequence,
    long? Since,
    long ReadAt
);
