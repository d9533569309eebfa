namespace Platform.Follows.Storage;

/// <summary>What the follower's bucket says of a pair at one moment.</summary>
/// <param name="Following">Whether the follower follows.</param>
/// <param name="IsPending">Whether the journal is still about to finish the pair.</param>
/// <param name="IsForbidden">Whether a block forbids it.</param>
/// <param name="Sequence">The last change of the bucket.</param>
public readonly record struct FollowInspection(
    bool Following,
    bool IsPending,
    bool IsForbidden,
    long Sequence
);
