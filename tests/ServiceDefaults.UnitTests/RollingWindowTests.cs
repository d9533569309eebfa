using Platform.ServiceDefaults.Limits;

namespace Platform.Tests.ServiceDefaults.UnitTests;

public sealed class RollingWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RollingWindow Hour = new(TimeSpan.FromHours(1));

    [Fact]
    public void Holds_LastMomentAndAfter_CountsUntilTheLengthIsOver()
    {
        Assert.True(Hour.Holds(Start, Start));
        Assert.True(Hour.Holds(Start, Start + Hour.Length - TimeSpan.FromTicks(1)));
        Assert.False(Hour.Holds(Start, Start + Hour.Length));
    }

    [Fact]
    public void NextFree_NothingCounts_IsNull() => Assert.Null(Hour.NextFree([], 3));

    [Theory]
    [InlineData(3, 0)] // there is room: the first to go
    [InlineData(2, 0)]
    [InlineData(1, 1)] // tightened: two have to go
    [InlineData(0, null)]
    public void NextFree_TwoCount_IsWhenEnoughOfThemAreGone(long limit, int? minutes) =>
        Assert.Equal(
            minutes is { } first ? Start + Hour.Length + TimeSpan.FromMinutes(first) : null,
            Hour.NextFree([Start + TimeSpan.FromMinutes(1), Start], limit)
        );
}
