using System.Text;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>
/// What a collector gets of a running platform: that a trace follows a call, and a post, to the end; and that nothing in it tells who
/// members are or what they wrote.
/// </summary>
public abstract class TelemetryScenarios
{
    // found nowhere but where this test put it
    private static readonly string Mark = $"zq{Guid.NewGuid():n}"[..14];

    /// <summary>What the processes of a platform get, beside where its parts are.</summary>
    public static IReadOnlyDictionary<string, string> Variables(OtlpReceiver receiver) =>
        new Dictionary<string, string>(receiver.Variables)
        {
            // the machine of a test may be busy with something else
            ["Gate__Timeout"] = "00:00:10",
        };

    /// <summary>The platform, which sends to <see cref="Receiver"/>; skips the test where it cannot run.</summary>
    protected abstract ValueTask<PlatformEndpoint> PlatformAsync();

    /// <summary>The collector.</summary>
    protected abstract OtlpReceiver Receiver { get; }

    /// <summary>What spans call the engine of relationships, messages and posts.</summary>
    protected abstract string Database { get; }

    [Fact]
    public async Task Check_IsOneTraceFromTheGatewayToTheDatabase()
    {
        var (ada, grace) = await PairAsync();

        await ada.StandingAsync(grace);

        var way = await WayAsync(
            "/platform.connections.v1.ConnectionsService/CheckConnection",
            Database
        );
        AssertCrosses(way, "connections");
    }

    [Fact]
    public async Task Check_OverRest_IsOneTraceToo()
    {
        var (ada, grace) = await PairAsync();

        await GetAsync(ada, $"/v1/connections/{grace.Id}:check");

        var way = await Receiver.WayAsync(
            "a check over REST",
            way =>
                way[0].Name.StartsWith("GET /v1/connections", StringComparison.Ordinal)
                && way.Any(span =>
                    span.Name.EndsWith("/{other_id}:check", StringComparison.Ordinal)
                    || span["http.route"].EndsWith(":check", StringComparison.Ordinal)
                )
                && way[^1]["db.system.name"] == Database
        );
        AssertCrosses(way, "connections");
    }

    [Fact]
    public async Task Follow_IsOneTraceFromTheGatewayToRedis()
    {
        var (ada, grace) = await PairAsync();

        await ada.FollowAsync(grace);

        var way = await WayAsync("/platform.follows.v1.FollowsService/Follow", "redis", "EVAL");
        AssertCrosses(way, "follows");
    }

    [Fact]
    public async Task Send_IsOneTraceThroughMessagingToConnections()
    {
        var (ada, grace) = await PairAsync();
        await ada.ConnectAsync(grace);
        var conversation = await ada.StartConversationAsync(grace);

        await ada.SendAsync(conversation, "hello");

        var way = await Receiver.WayAsync(
            "a check that sending a message asks for",
            way =>
                way[0]["url.path"] == "/platform.messaging.v1.MessagingService/SendMessage"
                && way[^1]["db.system.name"] == Database
                && way.Any(IsCheck)
        );
        AssertCrosses(way, "messaging");
        Assert.Contains(way, span => span.Name == "ask connections");
        Assert.Contains(
            way,
            span => span.Name == "platform.connections.v1.ConnectionsService/CheckConnection"
        );
        var check = Assert.Single(way, IsCheck);
        Assert.Contains(check.Service, new[] { "connections", "local" });

        static bool IsCheck(ExportedSpan span) =>
            span.Kind == SpanKind.Server
            && span["url.path"].StartsWith("/platform.connections.", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_IsOneTraceThroughItsFanOut()
    {
        var (ada, grace) = await PairAsync();
        await ada.ConnectAsync(grace);

        await ada.PostAsync("hello");

        var way = await Receiver.WayAsync(
            "the fan-out of a post",
            way =>
                way[0]["url.path"] == "/platform.feed.v1.PostsService/CreatePost"
                && way.Any(span => span.Name == "deliver post")
                && way[^1]["db.system.name"] == "redis"
        );
        AssertCrosses(way, "feed");
        var delivery = Assert.Single(way, span => span.Name == "deliver post");
        Assert.Equal(SpanKind.Consumer, delivery.Kind);
        Assert.Equal("1", delivery["feed.fanout.done"]);
        // the author and the one connection
        Assert.Equal("2", delivery["feed.fanout.recipients"]);
        Assert.Contains("LPUSH", way[^1].Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_IsNoTraceOfWhatItReads()
    {
        const string Path = "/platform.feed.v1.HomeFeedService/WatchHomeFeed";
        var (ada, grace) = await PairAsync();
        await ada.ConnectAsync(grace);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using (var watch = ada.HomeFeed.WatchHomeFeed(new(), cancellationToken: limit.Token))
        {
            // what is posted before the first heartbeat is not told
            Assert.True(await watch.ResponseStream.MoveNext(limit.Token));
            await grace.PostAsync("hello");
            do
            {
                Assert.True(await watch.ResponseStream.MoveNext(limit.Token));
            } while (watch.ResponseStream.Current.Entry is null);
        }

        var way = await Receiver.WayAsync(
            "a stream that ended",
            way =>
                way.Count(span => span.Kind == SpanKind.Server && span["url.path"] == Path) == 2
                && way[^1].Kind == SpanKind.Server
        );
        Assert.DoesNotContain(
            Receiver.Spans,
            span => span.TraceId == way[0].TraceId && span["db.system.name"].Length > 0
        );
    }

    [Fact]
    public async Task CallersTrace_IsLinkedTo_AndNotGoneOnWith()
    {
        const string Theirs = "4BF92F3577B34DA6A3CE929D0E0E4736";
        var (ada, grace) = await PairAsync();
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"/v1/follows:check?entity.kind=ENTITY_KIND_MEMBER&entity.id={grace.Id}"
        );
        request.Headers.Authorization = new("Bearer", ada.Token);
        // that of a caller who wants no trace of it
        request.Headers.Add("traceparent", $"00-{Theirs.ToLowerInvariant()}-00f067aa0ba902b7-00");
        request.Headers.Add("baggage", $"who={Mark}");

        using var answer = await (await PlatformAsync()).Http.SendAsync(request);

        var way = await Receiver.WayAsync(
            "a call that came with a trace",
            way => way[0].LinkedTraces.Contains(Theirs)
        );
        Assert.NotEqual(Theirs, way[0].TraceId);
        Assert.DoesNotContain(Receiver.Spans, span => span.TraceId == Theirs);
    }

    [Fact]
    public async Task Session_LeavesNothingOfMembersAndTheirWordsInTelemetry()
    {
        var (ada, grace) = await PairAsync();
        await WriteEverythingAsync(ada, grace);
        await RefuseEverythingAsync(ada, grace);
        // what comes after it is sent after it
        var before = Receiver.Messages("metrics").Count;
        await ada.PostAsync("the last");
        await Receiver.WayAsync(
            "the last post",
            way => way.Any(span => span.Name == "deliver post")
        );
        await Eventually.HoldsAsync(
            "metrics and logs are sent",
            () =>
                Task.FromResult(
                    Receiver.Messages("metrics").Count > before + 2
                        && Receiver.Messages("logs").Count > 0
                ),
            TimeSpan.FromSeconds(60)
        );

        // the search finds what is there
        Assert.True(
            Contains(Receiver.Messages("trace"), "/platform.feed.v1.PostsService/CreatePost")
        );
        Assert.True(Contains(Receiver.Messages("metrics"), "connections.checks"));
        foreach (var signal in new[] { "trace", "metrics", "logs" })
        {
            Assert.False(
                Contains(Receiver.Messages(signal), Mark),
                $"{signal} hold what a member wrote, or who it was: {Around(Receiver.Messages(signal), Mark)}"
            );
        }
    }

    private async Task<(Actor Ada, Actor Grace)> PairAsync()
    {
        var platform = await PlatformAsync();
        var number = Guid.NewGuid().ToString("n")[..8];
        return (
            await platform.ActorAsync($"{Mark}-ada-{number}"),
            await platform.ActorAsync($"{Mark}-grace-{number}")
        );
    }

    private async Task WriteEverythingAsync(Actor ada, Actor grace)
    {
        var sent = await ada.Invitations.SendInvitationAsync(
            new SendInvitationRequest { InviteeId = grace.Id, Note = $"note {Mark}" }
        );
        await grace.Invitations.AcceptInvitationAsync(
            new AcceptInvitationRequest { InvitationId = sent.Invitation.InvitationId }
        );
        await ada.FollowAsync(grace);
        var conversation = await ada.StartConversationAsync(grace);
        await ada.SendAsync(conversation, $"message {Mark}");
        await ada.PostAsync($"post {Mark} #{Mark}");
        await grace.HomeFeed.ListHomeFeedAsync(new());
        await ada.Recommendations.WriteRecommendationAsync(
            new WriteRecommendationRequest
            {
                RecipientId = grace.Id,
                Text = $"recommendation {Mark}",
            }
        );
        await GetAsync(ada, $"/v1/connections/{grace.Id}:check");
        await GetAsync(ada, $"/v1/network/{grace.Id}:degree");
        await GetAsync(ada, $"/v1/follows/ENTITY_KIND_MEMBER/{grace.Id}:check");
        await GetAsync(ada, $"/v1/conversations?page_token={Mark}");
    }

    private async Task RefuseEverythingAsync(Actor ada, Actor grace)
    {
        var refusal = await Refusal.OfAsync(
            ada.Invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = grace.Id, Note = $"again {Mark}" }
            )
        );
        Assert.Equal(ErrorReason.AlreadyConnected, refusal.Reason);
        var (stranger, _) = await PairAsync();
        await Refusal.OfAsync(async () => await stranger.StartConversationAsync(grace));
        await GetAsync(ada, $"/v1/nowhere/{Mark}?q={Mark}");
        await GetAsync(ada, $"/v1/recommendations/{Mark}");
    }

    private async Task GetAsync(Actor actor, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", actor.Token);
        using var answer = await (await PlatformAsync()).Http.SendAsync(request);
        Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
    }

    /// <summary>The way of a call through the service that serves it to a store; the gateway has questions to Redis of its own.</summary>
    private Task<IReadOnlyList<ExportedSpan>> WayAsync(
        string path,
        string system,
        string command = ""
    ) =>
        Receiver.WayAsync(
            $"{path} to {system}",
            way =>
                way.Count(span => span.Kind == SpanKind.Server && span["url.path"] == path) == 2
                && way[0]["url.path"] == path
                && way[^1]["db.system.name"] == system
                && way[^1].Name.Contains(command, StringComparison.Ordinal)
        );

    /// <summary>That a way begins at the gateway and goes through a service.</summary>
    private static void AssertCrosses(IReadOnlyList<ExportedSpan> way, string service)
    {
        Assert.Single(way.Select(span => span.TraceId).Distinct());
        Assert.Equal(SpanKind.Server, way[0].Kind);
        Assert.Contains(way[0].Service, new[] { "gateway", "local" });
        var served = way.Skip(1).First(span => span.Kind == SpanKind.Server);
        Assert.Contains(served.Service, new[] { service, "local" });
    }

    private static bool Contains(IReadOnlyList<byte[]> messages, string text) =>
        messages.Any(message => message.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private static string Around(IReadOnlyList<byte[]> messages, string text) =>
        messages
            .Select(Encoding.UTF8.GetString)
            .Where(message => message.Contains(text, StringComparison.Ordinal))
            .Select(message =>
            {
                var at = message.IndexOf(text, StringComparison.Ordinal);
                return message[Math.Max(0, at - 120)..Math.Min(message.Length, at + 60)];
            })
            .FirstOrDefault("");
}
