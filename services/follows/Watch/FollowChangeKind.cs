namespace Platform.Follows.Watch;

/// <summary>What can happen between a member and an entity. The numbers are those of the contract.</summary>
public enum FollowChangeKind
{
    Followed = 1,
    Unfollowed = 2,
    Muted = 3,
    Unmuted = 4,
}
