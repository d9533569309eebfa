namespace Platform.Follows.Entities;

/// <summary>The kinds of what can be followed. The numbers are those of the contract.</summary>
public enum FollowKind
{
    Member = 1,
    Company = 2,
    Hashtag = 3,
    Group = 4,
    Publisher = 5,
}
