namespace Platform.Follows.Storage;

/// <summary>What a member decided about being followed, and whether the member is erased.</summary>
public sealed record MemberState(
    FollowerCountVisibility CountVisibility,
    FollowAudience Audience,
    bool IsDeleted
)
{
    /// <summary>Of whoever never set anything.</summary>
    public static readonly MemberState Default = new(
        FollowerCountVisibility.Everyone,
        FollowAudience.Everyone,
        IsDeleted: false
    );
}
