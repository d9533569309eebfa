using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Redis;
using Platform.Tests.Feed.UnitTests.Support;
using StackExchange.Redis;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>What a trace shows of Redis.</summary>
public sealed class RedisSpanTests : IAsyncDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivitySource _source = new("tests.redis");
    private readonly ActivityListener _listener;
    private readonly RedisConnection _redis;

    public RedisSpanTests(GarnetFixture garnet)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "tests.redis" or "Platform.Storage.Redis",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
        _redis = garnet.NewConnection("spans:");
    }

    [Fact]
    public async Task Run_OneCommand_IsASpanOfItsName()
    {
        var span = await SpanOfAsync(database => database.StringGetAsync("key-of-ada"));

        Assert.Equal(("GET", ActivityKind.Client), (span.DisplayName, span.Kind));
        Assert.Equal("redis", span.GetTagItem("db.system.name"));
        Assert.Equal("GET", span.GetTagItem("db.operation.name"));
        Assert.Null(span.GetTagItem("db.operation.batch.size"));
        Assert.Equal("127.0.0.1", span.GetTagItem("server.address"));
        Assert.DoesNotContain(
            span.TagObjects,
            tag => $"{tag.Value}".Contains("ada", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Run_ManyCommands_IsOneSpan()
    {
        var same = await SpanOfAsync(async database =>
        {
            var batch = database.CreateBatch();
            var all = Enumerable.Range(0, 20).Select(at => batch.StringSetAsync($"k{at}", at));
            var sent = Task.WhenAll(all.ToArray());
            batch.Execute();
            return await sent;
        });
        var mixed = await SpanOfAsync(async database =>
        {
            await database.StringSetAsync("k", 1);
            return await database.KeyDeleteAsync("k");
        });

        Assert.Equal("PIPELINE SET", same.DisplayName);
        Assert.Equal(20, same.GetTagItem("db.operation.batch.size"));
        Assert.Equal("PIPELINE", mixed.DisplayName);
        Assert.Equal(2, mixed.GetTagItem("db.operation.batch.size"));
    }

    [Fact]
    public async Task Run_AtOnce_EachHasItsOwnCommands()
    {
        var spans = await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(count =>
                    SpanOfAsync(async database =>
                    {
                        for (var at = 0; at < count; at++)
                        {
                            await database.KeyExistsAsync($"k{at}");
                        }
                        return count;
                    })
                )
        );

        Assert.Equal(
            [1, 2, 3, 4, 5, 6, 7, 8],
            spans.Select(span => span.GetTagItem("db.operation.batch.size") ?? 1).Cast<int>()
        );
    }

    [Fact]
    public async Task Run_Fails_TellsTheReason()
    {
        await using var away = new RedisConnection(
            Options.Create(
                new RedisOptions
                {
                    // nobody listens there
                    ConnectionString = "127.0.0.1:1",
                    ConnectTimeout = TimeSpan.FromMilliseconds(200),
                }
            ),
            NullLoggerFactory.Instance
        );

        var span = await SpanOfAsync(database => database.StringGetAsync("key-of-ada"), away);

        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("STORE_UNAVAILABLE", span.GetTagItem("error.type"));
        Assert.Null(span.StatusDescription);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _source.Dispose();
        await _redis.DisposeAsync();
    }

    private async Task<Activity> SpanOfAsync<T>(
        Func<IDatabase, Task<T>> commands,
        RedisConnection? redis = null
    )
    {
        using var call = _source.StartActivity("call")!;
        try
        {
            await (redis ?? _redis).RunAsync(commands, TestContext.Current.CancellationToken);
        }
        catch (DomainException)
        {
            // the span tells
        }
        return Assert.Single(_ended, span => span.ParentSpanId == call.SpanId);
    }
}
