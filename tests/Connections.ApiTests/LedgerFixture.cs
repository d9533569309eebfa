using Microsoft.Extensions.Time.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>The connections service with a clock that tests set, and with tiers of small limits.</summary>
public class LedgerFixture : ConnectionsFixture
{
    public LedgerFixture()
        : this(
            // what is kept is in whole milliseconds, so ages come out even
            new FakeTimeProvider(
                DateTimeOffset.FromUnixTimeMilliseconds(
                    DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()
                )
            )
        ) { }

    private LedgerFixture(FakeTimeProvider time)
        : base(time) => Time = time;

    public FakeTimeProvider Time { get; }

    protected override IEnumerable<KeyValuePair<string, string?>> MoreSettings =>
        [
            // days pass at once here: nothing is to be looked for each minute of them
            new("Invitations:ExpiryInterval", "40.00:00:00"),
            new("Limits:Tiers:none:WeeklyInvitations", "0"),
            new("Limits:Tiers:none:PendingInvitations", "0"),
        ];
}
