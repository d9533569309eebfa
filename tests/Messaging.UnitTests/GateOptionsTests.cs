using Platform.Messaging.Connections;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class GateOptionsTests
{
    [Fact]
    public void Timeout_ByDefault_IsThreeHundredMilliseconds()
    {
        var options = new GateOptions();

        Assert.Equal(TimeSpan.FromMilliseconds(300), options.Timeout);
        Assert.Empty(options.Validate());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(31_000)]
    public void Validate_OutOfRange_NamesTheSetting(int milliseconds)
    {
        var options = new GateOptions { Timeout = TimeSpan.FromMilliseconds(milliseconds) };

        Assert.StartsWith(
            "Gate:Timeout",
            Assert.Single(options.Validate()),
            StringComparison.Ordinal
        );
    }
}
