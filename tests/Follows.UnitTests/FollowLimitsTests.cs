using Platform.Common.V1;
using Platform.Follows.Limits;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Limits;

namespace Platform.Tests.Follows.UnitTests;

public sealed class FollowLimitsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 7_500)]
    [InlineData(6_818, 7_500)]
    [InlineData(6_819, 7_500)]
    [InlineData(10_000, 11_000)]
    public void FollowLimit_Standard_IsTheLeastOrAShareOfTheFollowers(long followers, long limit)
    {
        var bounds = new TierPolicy<FollowTierOptions, FollowTierLimits>()
            .Of(TierPolicy.DefaultTier)
            .Bounds;

        Assert.Equal(limit, bounds.FollowsOf(followers));
    }

    [Fact]
    public void Bulk_HasNoLimitsToEnforce()
    {
        var policy = new TierPolicy<FollowTierOptions, FollowTierLimits>();

        Assert.Null(policy.Of(TierPolicy.BulkTier).Enforced);
        Assert.NotNull(policy.Of("nobody-knows").Enforced);
    }

    [Theory]
    [InlineData("HourlyFollows", "10001", "must be at most 10000")]
    [InlineData("Follows", "-2", "must be 0 or more")]
    [InlineData("FollowersPercent", "-1", "must be between 0 and 1000")]
    [InlineData("BatchFollows", "101", "must be between 1 and 100")]
    [InlineData("BatchFollows", "0", "must be between 1 and 100")]
    public void Validate_WrongLimit_SaysWhichAndWhy(string limit, string value, string problem)
    {
        var tier = new FollowTierOptions();
        typeof(FollowTierOptions).GetProperty(limit)!.SetValue(tier, long.Parse(value));
        var options = new FollowLimitsOptions { Tiers = { ["a"] = tier } };

        var only = Assert.Single(options.Validate());

        Assert.StartsWith($"Follows:Limits:Tiers:a:{limit} ", only, StringComparison.Ordinal);
        Assert.Contains(problem, only, StringComparison.Ordinal);
    }

    [Fact]
    public void Quota_UsedUp_SaysWhichLimitFirst()
    {
        var bounds = new FollowBounds(3, 0, 2);

        Assert.Null(new FollowQuota(bounds, new FollowUsage(2, 0, 1, Now)).Refusal);
        Assert.Equal(
            ErrorReason.FollowLimit,
            new FollowQuota(bounds, new FollowUsage(3, 0, 1, Now)).Refusal
        );
        // the hour passes by itself: it is told first
        var both = new FollowQuota(bounds, new FollowUsage(4, 0, 2, Now));
        Assert.Equal(ErrorReason.FollowRate, both.Refusal);
        Assert.Equal((0, 0), (both.FollowsRemaining, both.HourlyRemaining));
        Assert.Equal(Now.AddHours(1), both.HourlyReset);
    }
}
