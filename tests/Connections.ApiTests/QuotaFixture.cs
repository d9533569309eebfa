namespace Platform.Tests.Connections.ApiTests;

/// <summary>The connections service with tiers of small limits.</summary>
public class QuotaFixture : ConnectionsFixture
{
    /// <summary>The tiers, for every engine.</summary>
    public static readonly KeyValuePair<string, string?>[] Tiers =
    [
        new("Limits:Tiers:small:WeeklyInvitations", "3"),
        new("Limits:Tiers:small:PendingInvitations", "2"),
        new("Limits:Tiers:small:Connections", "2"),
        new("Limits:Tiers:wide:Connections", "3"),
    ];

    protected override IEnumerable<KeyValuePair<string, string?>> MoreSettings => Tiers;
}
