using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Messaging.Limits;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class MessageRateTests
{
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero)
    );
    private readonly SteppingClock _wallClock;
    private readonly MessageRate _rate;

    public MessageRateTests()
    {
        var options = new MessageLimitOptions();
        options.Tiers["standard"] = new MessageTier { MessagesPerMinute = 6 };
        options.Tiers["none"] = new MessageTier { MessagesPerMinute = 0 };
        _wallClock = new SteppingClock(_time);
        _rate = new MessageRate(
            new MessageLimitSource(
                Options.Create(options),
                NullLogger<MessageLimitSource>.Instance
            ),
            _wallClock
        );
    }

    [Fact]
    public void Count_AtOnce_LetsAMinutesWorthThrough()
    {
        for (var index = 0; index < 6; index++)
        {
            _rate.Count("ann", "");
        }

        var refusal = Assert.Throws<DomainException>(() => _rate.Count("ann", ""));
        _rate.Count("bob", "");

        Assert.Equal(ErrorReason.MessageRate, refusal.Reason);
        _time.Advance(TimeSpan.FromSeconds(10));
        _rate.Count("ann", "");
        Assert.Throws<DomainException>(() => _rate.Count("ann", ""));
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var index = 0; index < 6; index++)
        {
            _rate.Count("ann", "");
        }
    }

    [Fact]
    public void Count_AtThePace_IsNeverRefused()
    {
        for (var index = 0; index < 100; index++)
        {
            _rate.Count("ann", "");
            _time.Advance(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public void Count_ClockSetAheadAndBack_HoldsNobodyUp()
    {
        _wallClock.IsAheadBy = TimeSpan.FromMinutes(10);
        _rate.Count("ann", "");
        _wallClock.IsAheadBy = TimeSpan.Zero;

        _rate.Count("ann", "");
    }

    [Fact]
    public async Task Count_ByManyAtOnce_LetsExactlyTheLimitThrough()
    {
        var through = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ =>
                    Task.Run(
                        () =>
                        {
                            try
                            {
                                _rate.Count("ann", "");
                                return 1;
                            }
                            catch (DomainException)
                            {
                                return 0;
                            }
                        },
                        TestContext.Current.CancellationToken
                    )
                )
        );

        Assert.Equal(6, through.Sum());
    }

    [Fact]
    public void Count_TiersWithoutLimitAndWithoutAny_AsTheySay()
    {
        for (var index = 0; index < 100; index++)
        {
            _rate.Count("ann", "bulk");
        }
        Assert.Throws<DomainException>(() => _rate.Count("cid", "none"));
    }
}
