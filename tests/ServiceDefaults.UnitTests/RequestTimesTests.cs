using Google.Protobuf.WellKnownTypes;
using Platform.ServiceDefaults.Validation;

namespace Platform.Tests.ServiceDefaults;

public sealed class RequestTimesTests
{
    [Fact]
    public void Time_LeftOutOrGiven_IsRead()
    {
        var validator = new RequestValidator();

        Assert.Null(validator.Time("end_time", null));
        Assert.Equal(
            DateTimeOffset.FromUnixTimeSeconds(7),
            validator.Time("end_time", new Timestamp { Seconds = 7 })
        );
        Assert.True(validator.IsValid);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    [InlineData(long.MaxValue, 0)]
    public void Time_OutsideOfItsType_IsRefused(long seconds, int nanos)
    {
        var validator = new RequestValidator();

        Assert.Null(validator.Time("end_time", new Timestamp { Seconds = seconds, Nanos = nanos }));
        Assert.False(validator.IsValid);
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(60, 0, true)]
    [InlineData(0, 999_999_999, false)]
    [InlineData(60, 1_000, false)]
    [InlineData(-5, 0, false)]
    [InlineData(5, -1, false)]
    [InlineData(long.MaxValue, 0, false)]
    public void Heartbeat_OutOfRange_IsRefused(long seconds, int nanos, bool valid)
    {
        var validator = new RequestValidator();

        var interval = validator.Heartbeat(new Duration { Seconds = seconds, Nanos = nanos });

        Assert.Equal(valid, validator.IsValid);
        Assert.Equal(TimeSpan.FromSeconds(valid ? seconds : 10), interval);
    }

    [Fact]
    public void Heartbeat_LeftOut_IsTenSeconds()
    {
        var validator = new RequestValidator();

        Assert.Equal(TimeSpan.FromSeconds(10), validator.Heartbeat(null));
        Assert.True(validator.IsValid);
    }
}
