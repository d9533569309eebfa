using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.ServiceDefaults.Watching;

namespace Platform.Tests.ServiceDefaults;

public sealed class WatchingTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Heartbeat_NothingSentForTheInterval_IsDue()
    {
        var time = new FakeTimeProvider();
        var clock = new HeartbeatClock(Interval, time);

        time.Advance(Interval - TimeSpan.FromTicks(1));
        Assert.False(clock.IsDue);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(clock.IsDue);
        clock.Sent();
        Assert.False(clock.IsDue);
    }

    [Fact]
    public async Task Heartbeat_Wait_EndsWhenDueOrWithSomethingNew()
    {
        var time = new FakeTimeProvider();
        var clock = new HeartbeatClock(Interval, time);
        var something = new TaskCompletionSource();

        var untilDue = clock.WaitAsync(something.Task, Token);
        time.Advance(Interval - TimeSpan.FromTicks(1));
        Assert.False(untilDue.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        await untilDue;

        clock.Sent();
        var untilNew = clock.WaitAsync(something.Task, Token);
        Assert.False(untilNew.IsCompleted);
        something.SetResult();
        await untilNew;
        Assert.False(clock.IsDue);
    }

    [Fact]
    public void LiveBuffer_Full_EndsAsTooSlowAndKeepsWhatWasGiven()
    {
        using var live = new Live(size: 2);

        Assert.Equal([true, true, false], [live.Give(1), live.Give(2), live.Give(3)]);

        Assert.Equal(ErrorReason.SlowConsumer, live.EndedBy);
        Assert.True(live.Ended.IsCancellationRequested);
        Assert.True(live.Reader.TryRead(out var first) && first == 1);
        Assert.True(live.Reader.TryRead(out var second) && second == 2);
        Assert.True(live.Reader.Completion.IsCompleted);
    }

    [Fact]
    public async Task CatchingUp_ReadsBeforeAndAfterJoining()
    {
        var steps = new List<string>();

        using var live = await CatchingUp.JoinAsync<Live, int>(
            _ => Step("read"),
            async _ =>
            {
                await Step("join");
                return new Live(size: 1);
            },
            Token
        );

        Assert.Equal(["read", "join", "read"], steps);

        Task Step(string name)
        {
            steps.Add(name);
            return Task.CompletedTask;
        }
    }

    /// <summary>A buffer that was full before the second reading ended is left, and the watcher joins anew.</summary>
    [Fact]
    public async Task CatchingUp_EndedMeanwhile_JoinsAnew()
    {
        var joined = new List<Live>();

        using var live = await CatchingUp.JoinAsync<Live, int>(
            _ =>
            {
                if (joined is [{ HasLeft: false } first])
                {
                    first.Give(1);
                    first.Give(2);
                }
                return Task.CompletedTask;
            },
            _ =>
            {
                joined.Add(new Live(size: 1));
                return Task.FromResult(joined[^1]);
            },
            Token
        );

        Assert.Equal([true, false], joined.Select(one => one.HasLeft));
        Assert.Same(joined[1], live);
    }

    [Fact]
    public async Task CatchingUp_ReadingFails_LeavesTheFeed()
    {
        Live? joined = null;

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            CatchingUp.JoinAsync<Live, int>(
                _ =>
                    joined is null
                        ? Task.CompletedTask
                        : throw new InvalidOperationException("the record is away"),
                _ => Task.FromResult(joined = new Live(size: 1)),
                Token
            )
        );

        Assert.True(joined!.HasLeft);
    }

    private sealed class Live(int size) : LiveBuffer<int>(size)
    {
        public bool HasLeft { get; private set; }

        public bool Give(int item) => Put(item);

        protected override void Leave() => HasLeft = true;
    }
}
