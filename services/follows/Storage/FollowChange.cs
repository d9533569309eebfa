namespace Platform.Follows.Storage;

/// <summary>A wish to follow or to unfollow.</summary>
/// <param name="Pair">Who and what.</param>
/// <param name="Follow">True to follow, false to unfollow.</param>
/// <param name="Actor">Whose request it is: the follower, or the followed who removes a follower.</param>
/// <param name="RequestId">Names the request of the actor; empty for none.</param>
/// <param name="Fingerprint">Of the request's content, to tell a repeated request from another one.</param>
/// <param name="Bounds">What limits a follow; null for nothing.</param>
/// <param name="IsRefused">Whether a new follow is not allowed; one that stands, or a request that was answered, still counts.</param>
public sealed record FollowChange(
    FollowPair Pair,
    bool Follow,
    string Actor,
    string RequestId = "",
    string Fingerprint = "",
    FollowBounds? Bounds = null,
    bool IsRefused = false
);
