using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Platform.Feed.Posts;

namespace Platform.Tests.Feed.UnitTests;

public sealed class PostIdGeneratorTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Next_ClockMovesAnyhow_EveryIdIsLarger() =>
        Gen.Int[-5000, 5000]
            .Array[1, 50]
            .Sample(steps =>
            {
                var time = new SteppingTime(Start);
                var generator = New(time, node: 3);
                var last = generator.Next();
                foreach (var step in steps)
                {
                    time.Now += TimeSpan.FromMilliseconds(step);
                    var next = generator.Next();
                    if (next <= last)
                    {
                        return false;
                    }
                    last = next;
                }
                return true;
            });

    [Fact]
    public void Next_MoreThanASequenceInAMillisecond_GoesOnWithoutDoubles()
    {
        var generator = New(new FakeTimeProvider(Start), node: 0);
        var ids = Enumerable
            .Range(0, 3 * (PostId.MaxSequence + 1))
            .Select(_ => generator.Next())
            .ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(ids.Order(), ids);
    }

    [Fact]
    public void Next_TwoNodes_NeverMakeTheSame()
    {
        var time = new FakeTimeProvider(Start);
        var (first, second) = (New(time, node: 1), New(time, node: 2));
        var ids = Enumerable
            .Range(0, 10_000)
            .SelectMany(_ => new[] { first.Next(), second.Next() })
            .ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void StartAfter_LargestStoredIdAheadOfTheClock_GoesOnAfterIt()
    {
        var time = new FakeTimeProvider(Start);
        var stored = PostId.Compose(
            (long)(Start - PostId.Epoch).TotalMilliseconds + 60_000,
            1023,
            17
        );
        var generator = New(time, node: 0);
        generator.StartAfter(stored);
        Assert.True(generator.Next() > stored);
    }

    [Fact]
    public void Time_OfAnId_IsWhenItWasMade() =>
        Assert.Equal(Start, New(new FakeTimeProvider(Start), 5).Next().Time);

    [Theory]
    [InlineData("1", true)]
    [InlineData("9223372036854775807", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("0", false)]
    [InlineData("007", false)]
    [InlineData("-1", false)]
    [InlineData("+1", false)]
    [InlineData(" 1", false)]
    [InlineData("1x", false)]
    [InlineData("", false)]
    public void TryParse_Text_TakesOnlyTheWireForm(string text, bool valid) =>
        Assert.Equal(valid, PostId.TryParse(text, out _));

    private static PostIdGenerator New(TimeProvider time, int node)
    {
        var generator = new PostIdGenerator(time);
        generator.UseNode(node);
        return generator;
    }

    // unlike FakeTimeProvider it can step back
    private sealed class SteppingTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
