using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Feed.Operations;
using Platform.Feed.Timelines;
using Platform.Storage.Redis;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

public sealed class TimelineWalkTests(GarnetFixture garnet) : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RedisConnection _redis = garnet.NewConnection($"walk-{Guid.NewGuid():n}:");

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Walk_ManyTimelines_KeepsToTheRateAndReportsInBetween()
    {
        var timelines = new RedisTimelineStore(
            _redis,
            Options.Create(new TimelineOptions()),
            TimeProvider.System
        );
        for (var number = 0; number < 40; number++)
        {
            await timelines.OpenAsync($"m{number}", default);
        }
        var walk = new TimelineWalk(
            timelines,
            Options.Create(new OperationOptions { TimelinesPerSecond = 2 }),
            _time
        );
        var begun = _time.GetUtcNow();
        var (members, reports) = (0, 0);
        var walking = Task.Run(async () =>
        {
            await foreach (var step in walk.WalkAsync("", "", default))
            {
                if (step.MemberId is not null)
                {
                    var walked = Interlocked.Increment(ref members);
                    // the first is at once
                    Assert.True(
                        (walked - 1) / 2.0 <= (_time.GetUtcNow() - begun).TotalSeconds,
                        $"{walked} timelines after {_time.GetUtcNow() - begun}"
                    );
                }
                reports += step.IsReportDue ? 1 : 0;
            }
        });

        await Eventually.HoldsAsync(
            "the end of the walk",
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return Task.FromResult(walking.IsCompleted);
            }
        );

        await walking;
        Assert.Equal(40, members);
        Assert.InRange(reports, 4, 21);
    }
}
