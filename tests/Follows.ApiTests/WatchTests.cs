using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Testing;
using FollowChange = Platform.Follows.V1.FollowChange;

namespace Platform.Tests.Follows.ApiTests;

public sealed class WatchTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    private static readonly Entity Acme = new() { Kind = EntityKind.Company, Id = "acme" };
    private static readonly Entity Tag = new() { Kind = EntityKind.Hashtag, Id = "dotnet" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_OwnFollowsAndMutes_AreToldAsTheyHappen()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        var client = server.As(ann);
        using var watch = await WatchAsync(client, new WatchFollowsRequest());

        await client.FollowAsync(new FollowRequest { Entity = Acme });
        var followed = await watch.NextChangeAsync();
        await server.As(bob).FollowAsync(new FollowRequest { Entity = Acme });
        await client.UnfollowAsync(new UnfollowRequest { Entity = Acme });
        var unfollowed = await watch.NextChangeAsync();
        await client.MuteAsync(new MuteRequest { Entity = Tag });
        var muted = await watch.NextChangeAsync();
        await client.UnmuteAsync(new UnmuteRequest { Entity = Tag });
        var unmuted = await watch.NextChangeAsync();

        Assert.Equal(
            [
                (FollowChangeKind.Followed, ann, Acme),
                (FollowChangeKind.Unfollowed, ann, Acme),
                (FollowChangeKind.Muted, ann, Tag),
                (FollowChangeKind.Unmuted, ann, Tag),
            ],
            new[] { followed, unfollowed, muted, unmuted }.Select(change =>
                (change.Kind, change.FollowerId, change.Entity)
            )
        );
        Assert.True(followed.ChangeTime < unfollowed.ChangeTime);
    }

    [Fact]
    public async Task Watch_Filters_TellOnlyWhatIsWanted()
    {
        var ann = FollowsServer.NewId();
        var client = server.As(ann);
        using var watch = await WatchAsync(
            client,
            new WatchFollowsRequest
            {
                Kinds = { FollowChangeKind.Unfollowed },
                EntityKinds = { EntityKind.Hashtag },
            }
        );

        await client.FollowAsync(new FollowRequest { Entity = Acme });
        await client.FollowAsync(new FollowRequest { Entity = Tag });
        await client.UnfollowAsync(new UnfollowRequest { Entity = Acme });
        await client.UnfollowAsync(new UnfollowRequest { Entity = Tag });

        var change = await watch.NextChangeAsync();
        Assert.Equal((FollowChangeKind.Unfollowed, Tag), (change.Kind, change.Entity));
    }

    [Fact]
    public async Task Watch_Everybody_ResumedFromAnyCursorMissesNothing()
    {
        string[] members = [.. Enumerable.Range(0, 40).Select(_ => FollowsServer.NewId())];
        var request = new WatchFollowsRequest();
        var seen = new HashSet<string>();
        using (var first = await WatchAsync(server.AsService, request))
        {
            await server.As(members[0]).FollowAsync(new FollowRequest { Entity = Acme });
            while (!seen.Contains(members[0]))
            {
                seen.Add((await first.NextChangeAsync()).FollowerId);
            }
            request.Cursor = first.Cursor;
        }

        // while nobody watches
        await Task.WhenAll(
            members
                .Skip(1)
                .Take(19)
                .Select(async member =>
                    await server.As(member).FollowAsync(new FollowRequest { Entity = Acme })
                )
        );
        using var second = await WatchAsync(server.AsService, request, awaitHeartbeat: false);
        var later = Task.WhenAll(
            members
                .Skip(20)
                .Select(async member =>
                    await server.As(member).FollowAsync(new FollowRequest { Entity = Acme })
                )
        );

        while (!members.All(seen.Contains))
        {
            seen.Add((await second.NextChangeAsync()).FollowerId);
        }
        await later;
    }

    [Fact]
    public async Task Watch_FromTheBeginning_TellsTheLastChangeOfEachPair()
    {
        var ann = FollowsServer.NewId();
        var client = server.As(ann);
        await client.FollowAsync(new FollowRequest { Entity = Acme });
        await client.UnfollowAsync(new UnfollowRequest { Entity = Acme });
        await client.FollowAsync(new FollowRequest { Entity = Tag });

        using var watch = await WatchAsync(
            client,
            new WatchFollowsRequest { Start = FollowWatchStart.Beginning },
            awaitHeartbeat: false
        );

        var first = await watch.NextChangeAsync();
        var second = await watch.NextChangeAsync();
        Assert.Equal((FollowChangeKind.Unfollowed, Acme), (first.Kind, first.Entity));
        Assert.Equal((FollowChangeKind.Followed, Tag), (second.Kind, second.Entity));
        await watch.NextHeartbeatAsync();
    }

    [Fact]
    public async Task Watch_CursorsThatAreNone_AreRefused()
    {
        var ann = FollowsServer.NewId();
        using var own = await WatchAsync(server.As(ann), new WatchFollowsRequest());
        var expired = new Platform.Follows.Watch.FollowCursor(5, 0, 5).Write("");

        foreach (
            var (client, cursor, reason) in new[]
            {
                (server.As(ann), "nonsense", ErrorReason.InvalidCursor),
                (server.AsService, own.Cursor, ErrorReason.InvalidCursor),
                (server.AsService, expired, ErrorReason.CursorExpired),
                (
                    server.AsService,
                    Platform.Follows.Watch.FollowCursor.Met(long.MaxValue / 4).Write(""),
                    ErrorReason.InvalidCursor
                ),
            }
        )
        {
            var refusal = await Refusal.OfAsync(async () =>
            {
                using var call = client.WatchFollows(new WatchFollowsRequest { Cursor = cursor });
                await call.ResponseStream.MoveNext(Token);
            });
            Assert.Equal(reason, refusal.Reason);
        }
    }

    [Fact]
    public async Task Watch_BadInput_IsRefused()
    {
        var heartbeat = await Refusal.OfAsync(async () =>
        {
            using var call = server
                .As("ann")
                .WatchFollows(
                    new WatchFollowsRequest
                    {
                        HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1)),
                        Kinds = { (FollowChangeKind)9 },
                    }
                );
            await call.ResponseStream.MoveNext(Token);
        });
        var other = await Refusal.OfAsync(async () =>
        {
            using var call = server
                .As("ann")
                .WatchFollows(new WatchFollowsRequest { MemberId = "bob" });
            await call.ResponseStream.MoveNext(Token);
        });

        Assert.Equal(["kinds[0]", "heartbeat_interval"], heartbeat.Fields);
        Assert.Equal(ErrorReason.ActingForAnother, other.Reason);
    }

    [Fact]
    public async Task Watch_ServiceEnds_SaysSo()
    {
        var replica = await server.StartReplicaAsync();
        // a channel that outlives the replica
        using var channel = GrpcChannel.ForAddress(replica.Address);
        using var watch = await WatchAsync(
            new FollowsService.FollowsServiceClient(
                new TokenCallInvoker(
                    channel.CreateCallInvoker(),
                    server.Identity.Token(FollowsServer.NewId())
                )
            ),
            new WatchFollowsRequest()
        );

        var ending = Refusal.OfAsync(async () =>
        {
            while (await watch.MoveNextAsync()) { }
        });
        await replica.DisposeAsync();

        Assert.Equal(ErrorReason.ShuttingDown, (await ending).Reason);
    }

    /// <summary>Whoever does not read is dropped, and misses nothing by resuming.</summary>
    [Fact]
    public async Task Watch_BufferFull_IsDroppedAsSlow()
    {
        await using var replica = await server.StartReplicaAsync(
            new KeyValuePair<string, string?>("Follows:WatchBuffer", "1"),
            // many changes a look
            new KeyValuePair<string, string?>("Follows:WatchInterval", "00:00:01")
        );
        var client = new FollowsService.FollowsServiceClient(replica.AsService());
        using var watch = await WatchAsync(client, new WatchFollowsRequest());

        var refusal = await Refusal.OfAsync(async () =>
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 50)
                    .Select(async _ =>
                        await server
                            .As(FollowsServer.NewId())
                            .FollowAsync(new FollowRequest { Entity = Acme })
                    )
            );
            while (await watch.MoveNextAsync()) { }
        });

        Assert.Equal(ErrorReason.SlowConsumer, refusal.Reason);
    }

    private static async Task<Watching> WatchAsync(
        FollowsService.FollowsServiceClient client,
        WatchFollowsRequest request,
        bool awaitHeartbeat = true
    )
    {
        request = request.Clone();
        request.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
        var watching = new Watching(client.WatchFollows(request));
        if (awaitHeartbeat)
        {
            await watching.NextHeartbeatAsync();
        }
        return watching;
    }

    private sealed class Watching(AsyncServerStreamingCall<WatchFollowsResponse> call) : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

        public string Cursor { get; private set; } = "";

        public async Task<bool> MoveNextAsync()
        {
            if (!await call.ResponseStream.MoveNext(Token).WaitAsync(Patience, Token))
            {
                return false;
            }
            Cursor = call.ResponseStream.Current.Cursor;
            return true;
        }

        public async Task<FollowChange> NextChangeAsync()
        {
            while (await MoveNextAsync())
            {
                if (call.ResponseStream.Current.Change is { } change)
                {
                    return change;
                }
            }
            throw new InvalidOperationException("The stream ended.");
        }

        public async Task NextHeartbeatAsync()
        {
            while (await MoveNextAsync())
            {
                if (call.ResponseStream.Current.Heartbeat is not null)
                {
                    return;
                }
            }
            throw new InvalidOperationException("The stream ended.");
        }

        public void Dispose() => call.Dispose();
    }
}
