namespace Platform.Follows.Operations;

/// <summary>What can be wrong with a follow. The numbers are those of the contract.</summary>
public enum FollowFindingKind
{
    MissingFollower = 1,
    StrayFollower = 2,
    StrayRecent = 3,
    Blocked = 4,
}
