using Platform.Common.V1;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Limits;

namespace Platform.Follows.Limits;

/// <summary>What a member may still do within its limits.</summary>
/// <param name="Bounds">The limits.</param>
/// <param name="Usage">What is used of them.</param>
public sealed record FollowQuota(FollowBounds Bounds, FollowUsage Usage)
{
    private static readonly RollingWindow Hour = new(RedisFollowStore.Hour);

    /// <summary>How many entities the member may follow in all; null for any number.</summary>
    public long? FollowLimit => Bounds.FollowsOf(Usage.Followers);

    /// <summary>How many more; null for any number, never negative.</summary>
    public long? FollowsRemaining =>
        FollowLimit is { } limit ? Math.Max(0, limit - Usage.Following) : null;

    /// <summary>How many more within the hour; null for any number, never negative.</summary>
    public long? HourlyRemaining =>
        Bounds.Hourly is { } limit ? Math.Max(0, limit - Usage.Hourly) : null;

    /// <summary>When the first of the hour's follows stops counting; null if none counts.</summary>
    public DateTimeOffset? HourlyReset =>
        Usage.HourlySince is { } first ? first + Hour.Length : null;

    /// <summary>Why one more follow is refused; null if it is not.</summary>
    public ErrorReason? Refusal =>
        HourlyRemaining == 0 ? ErrorReason.FollowRate
        : FollowsRemaining == 0 ? ErrorReason.FollowLimit
        : null;

    /// <summary>The refusal of one more follow of all.</summary>
    public DomainException RefuseLimit(string member) =>
        new DomainException(
            ErrorReason.FollowLimit,
            $"The member may follow {FollowLimit} entities, and does."
        ).WithQuota(SubjectOf(member), $"FOLLOWS: at most {FollowLimit}");

    /// <summary>The refusal of one more follow within the hour.</summary>
    public DomainException RefuseRate(string member, DateTimeOffset now)
    {
        var refusal = new DomainException(
            ErrorReason.FollowRate,
            $"The member may follow {Bounds.Hourly} entities an hour, and has."
        ).WithQuota(SubjectOf(member), $"HOURLY_FOLLOWS: at most {Bounds.Hourly} in an hour");
        return HourlyReset is { } reset && reset > now
            ? refusal.WithRetryAfter(reset - now)
            : refusal;
    }

    internal static string SubjectOf(string member) => $"member:{member}";
}
