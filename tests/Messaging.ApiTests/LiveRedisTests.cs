using Platform.Messaging.V1;
using Platform.Storage.Garnet;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.Messaging.ApiTests;

/// <summary>Hints between replicas, by Redis or what is one.</summary>
public sealed class LiveRedisTests : IAsyncLifetime
{
    // so long that what is told sooner was told by a hint
    private const string Seldom = "00:01:00";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MessagingFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Hints_OnGarnet_TellTheOtherReplica()
    {
        await using var garnet = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());

        await TellAsync(garnet.ConnectionString);
    }

    [Fact]
    public async Task Hints_OnRedis_TellTheOtherReplica()
    {
        await using var redis = await StartRedisAsync();

        await TellAsync(redis.ConnectionString);
    }

    [Fact]
    public async Task Redis_KilledAndStarted_SendsGoOnAndLiveComesBack()
    {
        await using var redis = await StartRedisAsync();
        await using var one = await StartAsync(redis.ConnectionString, "00:00:00.5");
        await using var other = await StartAsync(redis.ConnectionString, "00:00:00.5");
        var pair = await _fixture.StartPairAsync("ann", "bob");
        await using var reader = await LiveReader.OpenAsync(_fixture.With(other.As("bob")));
        await SendAsync(one, pair, "before");
        await reader.TellsAsync(1);

        await redis.KillAsync(Token);
        await SendAsync(one, pair, "without");
        await reader.TellsAsync(2);
        await using var meanwhile = await LiveReader.OpenAsync(_fixture.With(other.As("bob")));
        await SendAsync(one, pair, "without, again");
        await reader.TellsAsync(3);
        await meanwhile.TellsAsync(1);
        await redis.StartAgainAsync(Token);

        // typing has no other way than hints
        await Eventually.HoldsAsync(
            "a hint of typing after Redis is back",
            async () =>
            {
                await _fixture
                    .With(one.As("ann"))
                    .SendTypingAsync(new() { ConversationId = pair }, cancellationToken: Token);
                return meanwhile.Events.Any(sent => sent.Typing is not null);
            },
            Patience
        );
        await SendAsync(one, pair, "after");
        await Eventually.HoldsAsync(
            "all messages are told",
            () => Task.FromResult(reader.Events.Count(sent => sent.MessageSent is not null) == 4)
        );
    }

    [Fact]
    public async Task Redis_AwayFromTheBeginning_IsOnlySlower()
    {
        var port = ContainerEngine.FreePort();
        await using var one = await StartAsync($"127.0.0.1:{port}", "00:00:00.2");
        await using var other = await StartAsync($"127.0.0.1:{port}", "00:00:00.2");
        var pair = await _fixture.StartPairAsync("ann", "bob");
        await using var reader = await LiveReader.OpenAsync(_fixture.With(other.As("bob")));

        await SendAsync(one, pair, "hello");

        Assert.Equal(["sent 1 hello"], await reader.TellsAsync(1));
    }

    private async Task TellAsync(string redis)
    {
        await using var one = await StartAsync(redis, Seldom);
        await using var other = await StartAsync(redis, Seldom);
        var pair = await _fixture.StartPairAsync("ann", "bob");
        await using var reader = await LiveReader.OpenAsync(_fixture.With(other.As("bob")));
        // the first hint may come before the other side listens
        await Eventually.HoldsAsync(
            "a hint of typing",
            async () =>
            {
                await _fixture
                    .With(one.As("ann"))
                    .SendTypingAsync(new() { ConversationId = pair }, cancellationToken: Token);
                return reader.Events.Count > 0;
            }
        );

        await SendAsync(one, pair, "hello");
        await Eventually.HoldsAsync(
            "the message is told by a hint",
            () => Task.FromResult(reader.Events.Any(sent => sent.MessageSent?.Text == "hello"))
        );
    }

    private Task<RunningService> StartAsync(string redis, string pollInterval) =>
        _fixture.StartReplicaAsync(
            new("Redis:ConnectionString", redis),
            new("Redis:KeyPrefix", "messaging-tests:"),
            new("Live:PollInterval", pollInterval)
        );

    private async Task SendAsync(RunningService replica, string conversation, string text) =>
        await _fixture
            .With(replica.As("ann"))
            .SendMessageAsync(
                new SendMessageRequest { ConversationId = conversation, Text = text },
                cancellationToken: Token
            );

    private static async Task<RedisContainer> StartRedisAsync()
    {
        var redis = new RedisContainer();
        await redis.StartAsync(Token);
        Assert.SkipWhen(redis.Problem is not null, redis.Problem ?? "");
        return redis;
    }
}
