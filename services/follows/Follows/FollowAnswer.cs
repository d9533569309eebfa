using Platform.Follows.Limits;

namespace Platform.Follows.Follows;

/// <summary>A follow that stands.</summary>
/// <param name="Revision">The sequence number of the follower's change; 0 if there is none to tell.</param>
/// <param name="IsNew">Whether this call made it.</param>
/// <param name="Quota">What the follower may still do; null where no limit is set.</param>
public sealed record FollowAnswer(long Revision, bool IsNew, FollowQuota? Quota);
