using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Feed.Sources;
using Platform.Testing;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>Whether answers are kept while changes are told, and only then.</summary>
public sealed class ToldFactsWorkerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ToldFacts<FollowFacts> _facts = new(Options.Create(new SourceOptions()));
    private readonly ConcurrentQueue<Channel<string>> _streams = new();
    private readonly LoggedLines<Worker> _logged = new();
    private readonly Worker _worker;

    public ToldFactsWorkerTests() => _worker = new Worker(this);

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync(default);
        _worker.Dispose();
    }

    [Fact]
    public async Task FirstEvent_BeginsToKeep_AndAChangeForgetsItsMemberOnly()
    {
        var stream = await StartAsync();
        Assert.Null(_facts.Of("ann"));

        await stream.Writer.WriteAsync("");
        await UntilAsync(() => _facts.IsTold);
        var (ann, ben) = (_facts.Of("ann"), _facts.Of("ben"));
        await stream.Writer.WriteAsync("ann");

        await UntilAsync(() => _facts.Of("ann") != ann);
        Assert.Same(ben, _facts.Of("ben"));
    }

    [Fact]
    public async Task Silence_ForThreeHeartbeats_EndsItUntilTheStreamIsThereAgain()
    {
        var stream = await StartAsync();
        await stream.Writer.WriteAsync("");
        await UntilAsync(() => _facts.IsTold);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.True(_facts.IsTold);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        await UntilAsync(() => !_facts.IsTold);
        var next = await NextStreamAsync();
        await next.Writer.WriteAsync("");
        await UntilAsync(() => _facts.IsTold);
    }

    [Fact]
    public async Task BrokenStream_IsAWarning_ButForTheFirstOne()
    {
        var stream = await StartAsync();
        stream.Writer.Complete(new RpcException(new Status(StatusCode.Unavailable, "starting")));
        var next = await NextStreamAsync();
        await next.Writer.WriteAsync("");
        await UntilAsync(() => _facts.IsTold);

        next.Writer.Complete(new RpcException(new Status(StatusCode.Unavailable, "gone")));

        await UntilAsync(() => !_facts.IsTold);
        await NextStreamAsync();
        Assert.Equal(
            [LogLevel.Information, LogLevel.Warning],
            _logged.All.Select(line => line.Level)
        );
    }

    private async Task<Channel<string>> StartAsync()
    {
        await _worker.StartAsync(default);
        return await NextStreamAsync();
    }

    private async Task<Channel<string>> NextStreamAsync()
    {
        Channel<string>? stream = null;
        await UntilAsync(() =>
        {
            if (_streams.TryDequeue(out stream))
            {
                return true;
            }
            // the pause after the one before
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        });
        return stream!;
    }

    private static Task UntilAsync(Func<bool> holds) =>
        Eventually.HoldsAsync("it is so", () => Task.FromResult(holds()));

    /// <summary>Its events are names of members; an empty one is a heartbeat.</summary>
    private sealed class Worker(ToldFactsWorkerTests test)
        : ToldFactsWorker<FollowFacts, string>(test._facts, test._time, test._logged)
    {
        protected override string Dependency => "another service";

        protected override AsyncServerStreamingCall<string> Watch(
            CancellationToken cancellationToken
        )
        {
            var stream = Channel.CreateUnbounded<string>();
            test._streams.Enqueue(stream);
            return new AsyncServerStreamingCall<string>(
                new Reader(stream.Reader),
                Task.FromResult(new Metadata()),
                () => Status.DefaultSuccess,
                () => [],
                () => { }
            );
        }

        protected override void Apply(string told, ToldFacts<FollowFacts> facts)
        {
            if (told.Length > 0)
            {
                facts.Forget(told);
            }
        }
    }

    private sealed class Reader(ChannelReader<string> events) : IAsyncStreamReader<string>
    {
        public string Current { get; private set; } = "";

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!await events.WaitToReadAsync(cancellationToken))
            {
                return false;
            }
            Current = await events.ReadAsync(cancellationToken);
            return true;
        }
    }
}
