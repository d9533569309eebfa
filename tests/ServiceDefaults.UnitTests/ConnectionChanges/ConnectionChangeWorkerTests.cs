using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Connections.Client;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults.UnitTests.ConnectionChanges;

public sealed class ConnectionChangeWorkerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
    );
    private readonly FakeRecord _record = new();
    private readonly FakeConsumer _consumer = new();
    private readonly IOptions<ConnectionChangesOptions> _options = Options.Create(
        new ConnectionChangesOptions()
    );
    private readonly ServiceProvider _metrics = new ServiceCollection()
        .AddMetrics()
        .BuildServiceProvider();
    private readonly ConnectionChangesStatus _status;
    private readonly ConnectionChangeWorker _worker;

    public ConnectionChangeWorkerTests()
    {
        _status = new ConnectionChangesStatus(_time, _metrics.GetRequiredService<IMeterFactory>());
        _worker = new ConnectionChangeWorker(
            _record,
            _consumer,
            _status,
            _options,
            _time,
            NullLogger<ConnectionChangeWorker>.Instance
        );
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync(CancellationToken.None);
        _worker.Dispose();
        await _metrics.DisposeAsync();
    }

    [Fact]
    public async Task Follow_Changes_AreAppliedInOrderWithTheirCursor()
    {
        await _worker.StartAsync(Token);
        var stream = await _record.NextAsync(Token);
        Assert.Equal("", stream.Cursor);
        Assert.Equal(_consumer.Kinds, stream.Kinds);

        for (var number = 1; number <= 500; number++)
        {
            stream.Tell(Change(number), $"c{number}");
        }

        await CursorAsync("c500");
        Assert.Equal(
            Enumerable.Range(1, 500),
            _consumer.Applied.Select(change => (int)change.Sequence)
        );
        Assert.Equal(ConnectionChangesState.Following, _status.State);
    }

    [Fact]
    public async Task Follow_StreamBreaks_GoesOnFromTheStoredCursor()
    {
        _consumer.Cursor = "c7";
        await _worker.StartAsync(Token);
        var stream = await _record.NextAsync(Token);
        Assert.Equal("c7", stream.Cursor);
        stream.Tell(Change(8), "c8");
        await CursorAsync("c8");

        stream.Break();
        var second = await ReconnectedAsync();

        Assert.Equal("c8", second.Cursor);
        second.Tell(Change(9), "c9");
        await CursorAsync("c9");
    }

    [Fact]
    public async Task Follow_StoreRefuses_ChangesComeAgain()
    {
        _consumer.Failures = 1;
        await _worker.StartAsync(Token);
        var stream = await _record.NextAsync(Token);
        stream.Tell(Change(1), "c1");

        var second = await ReconnectedAsync();

        Assert.Equal("", second.Cursor);
        Assert.Empty(_consumer.Applied);
        second.Tell(Change(1), "c1");
        await CursorAsync("c1");
    }

    [Theory]
    [InlineData(ErrorReason.CursorExpired)]
    [InlineData(ErrorReason.InvalidCursor)]
    public async Task Follow_CursorIsNoGood_IsToldAllKindsUntilThePastIsTold(ErrorReason reason)
    {
        _consumer.Cursor = "old";
        _record.Refused["old"] = reason;
        await _worker.StartAsync(Token);
        var stream = await _record.NextAsync(Token);
        Assert.Equal("", stream.Cursor);
        Assert.Empty(stream.Kinds);

        // breaks off half-way: still all kinds
        stream.Tell(Change(1), "c1");
        await Eventually.HoldsAsync(
            "the first change is applied",
            () => Task.FromResult(_consumer.Applied.Count == 1)
        );
        stream.Break();
        var second = await ReconnectedAsync();
        Assert.Equal("c1", second.Cursor);
        Assert.Empty(second.Kinds);

        // the first sign of life says that the past is told
        second.Beat("c2", _time.GetUtcNow());
        await CursorAsync("c2");
        second.Break();
        var third = await ReconnectedAsync();
        Assert.Equal("c2", third.Cursor);
        Assert.Equal(_consumer.Kinds, third.Kinds);
    }

    [Fact]
    public async Task Follow_AnotherReplicaHoldsIt_StandsByAndTakesOver()
    {
        _consumer.Grants = false;
        await _worker.StartAsync(Token);
        await StateAsync(ConnectionChangesState.StandingBy);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(_status.Lag);

        _consumer.Grants = true;
        var stream = await ReconnectedAsync();
        stream.Tell(Change(1), "c1");
        await CursorAsync("c1");

        // and lets go when another one took it
        _consumer.Grants = false;
        _time.Advance(_options.Value.ClaimLife);
        stream.Beat("c2", _time.GetUtcNow());
        await StateAsync(ConnectionChangesState.StandingBy);
        Assert.Equal("c1", _consumer.Cursor);
    }

    [Fact]
    public async Task Health_NothingComes_IsDegradedUntilItDoes()
    {
        await _worker.StartAsync(Token);
        var stream = await _record.NextAsync(Token);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync());

        _time.Advance(_options.Value.DegradedLag + TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Degraded, await HealthAsync());

        stream.Beat("c1", _time.GetUtcNow());
        await CursorAsync("c1");
        await Eventually.HoldsAsync(
            "the lag is gone",
            () => Task.FromResult(_status.Lag == TimeSpan.Zero)
        );
        Assert.Equal(HealthStatus.Healthy, await HealthAsync());
    }

    private RecordedChange Change(long sequence) =>
        new(RecordedChangeKind.Blocked, "ann", "bob", "ann", sequence, _time.GetUtcNow());

    private async Task<HealthStatus> HealthAsync() =>
        (
            await new ConnectionChangesHealthCheck(_status, _options).CheckHealthAsync(
                new HealthCheckContext(),
                Token
            )
        ).Status;

    private Task CursorAsync(string cursor) =>
        Eventually.HoldsAsync(
            $"the cursor is {cursor}",
            () => Task.FromResult(_consumer.Cursor == cursor)
        );

    private Task StateAsync(ConnectionChangesState state) =>
        Eventually.HoldsAsync($"it is {state}", () => Task.FromResult(_status.State == state));

    /// <summary>The next stream, while the clock goes on.</summary>
    private async Task<FakeRecord.Stream> ReconnectedAsync()
    {
        var next = _record.NextAsync(Token);
        await Eventually.HoldsAsync(
            "it reconnects",
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(next.IsCompleted);
            }
        );
        return await next;
    }
}
