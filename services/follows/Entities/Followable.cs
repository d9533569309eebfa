namespace Platform.Follows.Entities;

/// <summary>What can be followed: a kind and an id that is valid for it, normalised for hashtags.</summary>
public readonly record struct Followable(FollowKind Kind, string Id)
{
    public static Followable Member(string memberId) => new(FollowKind.Member, memberId);
}
