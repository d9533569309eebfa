namespace Platform.Follows.Storage;

/// <summary>What connections says of one direction of a pair: whether a block forbids one to follow the other.</summary>
/// <param name="Follower">Who is kept from following.</param>
/// <param name="Followee">Whom.</param>
/// <param name="ByFollower">Whether it is the follower's own block; the other's counts as much, and is lifted by itself.</param>
/// <param name="State">What stands now.</param>
/// <param name="Sequence">Of connections' change. An older one than the last that was applied changes nothing.</param>
public sealed record BlockChange(
    string Follower,
    string Followee,
    bool ByFollower,
    BlockState State,
    long Sequence
);
