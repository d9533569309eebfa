using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Common.V1;
using Platform.Messaging.V1;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.Messaging.ApiTests.Mongo;

/// <summary>
/// MongoDB goes away and comes back. Callers are told UNAVAILABLE within their deadline and repeat with their
/// <c>request_id</c>; afterwards no acknowledged message is missing, none is doubled, and numbers have no gaps.
/// </summary>
public sealed class MongoFaultTests : IAsyncLifetime
{
    // several times what the service takes by default to give up, and yet one that a caller may have
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(8);

    // a container of its own: others must not see it stop
    private readonly MongoContainer _mongo = new();
    private readonly MongoMessagingFixture _fixture;

    public MongoFaultTests() =>
        _fixture = new MongoMessagingFixture(_mongo) { CommandTimeout = TimeSpan.FromSeconds(2) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _fixture.SkipUnlessThere();
        await UntilServingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await _mongo.DisposeAsync();
    }

    [Fact]
    public async Task Restart_DuringSends_LosesAndDoublesNothing() =>
        await SendWhileAsync(() => _mongo.RestartAsync(Cancel));

    [Fact]
    public async Task Pause_DuringSends_LosesAndDoublesNothing() =>
        // longer than the store waits: some are told so
        Assert.NotEmpty(
            await SendWhileAsync(async () =>
            {
                await _mongo.PauseAsync(Cancel);
                // the length of the outage, and not something to wait for
                await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
                await _mongo.UnpauseAsync(Cancel);
            })
        );

    [Fact]
    public async Task Pause_ReadsAndWrites_AreUnavailableWithinTheDeadline()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        await _fixture.SendAsync(pair, "ann", "before");
        _fixture.Connections.Connect("ann", "cid");
        await _mongo.PauseAsync(Cancel);

        var ann = _fixture.As("ann");
        var start = new StartConversationRequest { OtherMemberIds = { "cid" }, RequestId = "r1" };
        var send = new SendMessageRequest
        {
            ConversationId = pair,
            Text = "during",
            RequestId = "r2",
        };
        await AssertUnavailableAsync(options =>
            ann.ListConversationsAsync(new(), options).ResponseAsync
        );
        await AssertUnavailableAsync(options =>
            ann.ListMessagesAsync(new() { ConversationId = pair }, options).ResponseAsync
        );
        await AssertUnavailableAsync(options =>
            ann.MarkReadAsync(new() { ConversationId = pair, Number = 1 }, options).ResponseAsync
        );
        await AssertUnavailableAsync(options => ann.SendMessageAsync(send, options).ResponseAsync);
        await AssertUnavailableAsync(options =>
            ann.StartConversationAsync(start, options).ResponseAsync
        );
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync());

        await _mongo.UnpauseAsync(Cancel);
        await UntilServingAsync();
        Assert.True((await ann.StartConversationAsync(start, cancellationToken: Cancel)).Created);
        Assert.Equal(
            2,
            (await ann.SendMessageAsync(send, cancellationToken: Cancel)).Message.Number
        );
        Assert.Equal(["before", "during"], await _fixture.TextsAsync(pair, "bob"));
    }

    [Fact]
    public async Task Start_MongoDbAway_ServesOnceItAnswers()
    {
        await _fixture.StopMessagingAsync();
        await _mongo.PauseAsync(Cancel);
        await _fixture.StartMessagingAsync();

        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync());

        await _mongo.UnpauseAsync(Cancel);
        await UntilServingAsync();
        var pair = await _fixture.StartPairAsync("ann", "bob");
        Assert.Equal(1, (await _fixture.SendAsync(pair, "ann", "hello")).Number);
    }

    // Gives the refusals that callers met; all of them UNAVAILABLE.
    private async Task<IReadOnlyCollection<StatusCode>> SendWhileAsync(Func<Task> fault)
    {
        const int Senders = 6;
        var pair = await _fixture.StartPairAsync("ann", "bob");
        var acknowledged = new ConcurrentDictionary<string, long>();
        var refused = new ConcurrentBag<StatusCode>();
        using var enough = new CancellationTokenSource();
        var sending = Enumerable
            .Range(0, Senders)
            .Select(sender =>
                Task.Run(
                    async () =>
                    {
                        for (var count = 0; !enough.IsCancellationRequested; count++)
                        {
                            var name = $"{sender}-{count:0000}";
                            acknowledged[name] = await SendAsync(
                                pair,
                                sender % 2 == 0 ? "ann" : "bob",
                                name,
                                refused
                            );
                        }
                    },
                    Cancel
                )
            )
            .ToArray();
        await Eventually.HoldsAsync(
            "messages before the fault",
            () => Task.FromResult(acknowledged.Count >= 30)
        );

        await fault();

        var before = acknowledged.Count;
        await Eventually.HoldsAsync(
            "messages after the fault",
            () => Task.FromResult(acknowledged.Count >= before + 30),
            TimeSpan.FromSeconds(60)
        );
        await enough.CancelAsync();
        await Task.WhenAll(sending);

        Assert.All(refused, code => Assert.Equal(StatusCode.Unavailable, code));
        var stored = await ReadAllAsync(pair);
        Assert.Equal(
            Enumerable.Range(1, stored.Count).Select(number => (long)number),
            stored.Select(message => message.Number)
        );
        // everything was repeated until it was acknowledged, so nothing else may be there either
        Assert.Equal(
            acknowledged.OrderBy(one => one.Value).Select(one => (one.Key, one.Value)),
            stored.Select(message => (message.Text, message.Number))
        );
        foreach (var member in new[] { "ann", "bob" })
        {
            var counts = await _fixture
                .As(member)
                .GetUnreadCountsAsync(new(), cancellationToken: Cancel);
            var list = await _fixture
                .As(member)
                .ListConversationsAsync(new(), cancellationToken: Cancel);
            var unread = stored.Count(message => message.SenderId != member);
            Assert.Equal(unread, counts.UnreadMessageCount);
            Assert.Equal(unread, Assert.Single(list.Conversations).UnreadCount);
        }
        return refused;
    }

    // repeats what was not acknowledged; a repetition of what was stored after all gets the first answer
    private async Task<long> SendAsync(
        string pair,
        string sender,
        string name,
        ConcurrentBag<StatusCode> refused
    )
    {
        long number = 0;
        await Eventually.HoldsAsync(
            $"message {name}",
            async () =>
            {
                try
                {
                    var response = await _fixture
                        .As(sender)
                        .SendMessageAsync(
                            new SendMessageRequest
                            {
                                ConversationId = pair,
                                Text = name,
                                RequestId = name,
                            },
                            WithDeadline()
                        );
                    number = response.Message.Number;
                    return true;
                }
                catch (RpcException refusal)
                {
                    refused.Add(refusal.StatusCode);
                    return false;
                }
            },
            TimeSpan.FromSeconds(60)
        );
        return number;
    }

    private static async Task AssertUnavailableAsync(Func<CallOptions, Task> call)
    {
        var clock = Stopwatch.StartNew();
        var refusal = await Refusal.OfAsync(() => call(WithDeadline()));
        Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.True(clock.Elapsed < Deadline, $"It took {clock.Elapsed}.");
    }

    private static CallOptions WithDeadline() =>
        new(
            deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Deadline,
            cancellationToken: Cancel
        );

    private async Task<List<Message>> ReadAllAsync(string pair)
    {
        var messages = new List<Message>();
        var request = new ListMessagesRequest
        {
            ConversationId = pair,
            Order = MessageOrder.OldestFirst,
            PageSize = 100,
        };
        do
        {
            var page = await _fixture
                .As("ann")
                .ListMessagesAsync(request, cancellationToken: Cancel);
            messages.AddRange(page.Messages);
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return messages;
    }

    private Task UntilServingAsync() =>
        Eventually.HoldsAsync(
            "the service serves",
            async () => await HealthAsync() == HealthStatus.Healthy,
            TimeSpan.FromSeconds(60)
        );

    private async Task<HealthStatus> HealthAsync() =>
        (
            await _fixture
                .Messaging.Services.GetRequiredService<HealthCheckService>()
                .CheckHealthAsync(Cancel)
        ).Status;
}
