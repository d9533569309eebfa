using Google.Protobuf.WellKnownTypes;
using Proto = Platform.Follows.V1;

namespace Platform.Follows.Limits;

/// <summary>Between the contract and the domain.</summary>
internal static class FollowQuotaMapping
{
    // what the contract says of a number without a limit
    private const int NoLimit = -1;

    /// <summary>A quota on the wire; null where no limit is set.</summary>
    public static Proto.FollowQuota? ToProto(this FollowQuota? quota) =>
        quota is null or { Bounds: { Follows: null, Hourly: null } }
            ? null
            : new Proto.FollowQuota
            {
                FollowLimit = quota.FollowLimit ?? NoLimit,
                FollowsRemaining = quota.FollowsRemaining ?? NoLimit,
                HourlyLimit = (int)(quota.Bounds.Hourly ?? NoLimit),
                HourlyRemaining = (int)(quota.HourlyRemaining ?? NoLimit),
                HourlyResetTime = quota.HourlyReset?.ToTimestamp(),
            };
}
