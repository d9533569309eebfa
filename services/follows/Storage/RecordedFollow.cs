namespace Platform.Follows.Storage;

/// <summary>The last change of a pair.</summary>
/// <param name="Pair">Who and what.</param>
/// <param name="IsMute">Whether it is a mute; else a follow.</param>
/// <param name="Holds">Whether it began; else it ended.</param>
/// <param name="Sequence">Its number.</param>
public readonly record struct RecordedFollow(
    FollowPair Pair,
    bool IsMute,
    bool Holds,
    long Sequence
);
