using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.V1;
using Platform.Connections.Watch;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>WatchConnections as callers see it.</summary>
public class WatchTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _bob = ConnectionsFixture.NewMember("bob");
    private readonly string _eve = ConnectionsFixture.NewMember("eve");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ConnectionsService.ConnectionsServiceClient Service => new(fixture.Service.AsService());

    [Fact]
    public async Task Watch_Now_BeginsWithAHeartbeatThenTellsEachChange()
    {
        await fixture.ConnectAsync(_ann, _eve);
        using var watch = await Watcher.StartAsync(fixture.Connections(_ann));

        var sent = await fixture
            .Invitations(_ann)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = _bob });
        var accepted = await fixture
            .Invitations(_bob)
            .AcceptInvitationAsync(
                new AcceptInvitationRequest { InvitationId = sent.Invitation.InvitationId }
            );

        var invited = await watch.NextAsync();
        Assert.Equal(
            (ConnectionChangeKind.Invited, _ann, _bob, _ann, sent.Revision),
            (invited.Kind, invited.FirstId, invited.SecondId, invited.ActorId, invited.Revision)
        );
        Assert.Equal(sent.Invitation.InvitationId, invited.InvitationId);
        Assert.Equal(sent.Invitation.SentTime, invited.ChangeTime);
        Assert.Equal(ConnectionStatus.InvitationSent, invited.Status);
        var connected = await watch.NextAsync();
        Assert.Equal(
            (ConnectionChangeKind.Connected, _bob, accepted.Revision, ConnectionStatus.Connected),
            (connected.Kind, connected.ActorId, connected.Revision, connected.Status)
        );
    }

    [Fact]
    public async Task Watch_RemovalAndWithdrawal_NameNobodyToTheMembersTheyAreKeptFrom()
    {
        await fixture.ConnectAsync(_ann, _bob);
        using var ann = await Watcher.StartAsync(fixture.Connections(_ann));
        using var bob = await Watcher.StartAsync(fixture.Connections(_bob));
        using var service = await Watcher.StartAsync(
            Service,
            new WatchConnectionsRequest { MemberId = _ann }
        );

        await fixture
            .Connections(_ann)
            .RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = _bob });
        var sent = await fixture
            .Invitations(_bob)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = _ann });
        await fixture
            .Invitations(_bob)
            .WithdrawInvitationAsync(
                new WithdrawInvitationRequest { InvitationId = sent.Invitation.InvitationId }
            );

        ConnectionChangeKind[] kinds =
        [
            ConnectionChangeKind.Removed,
            ConnectionChangeKind.Invited,
            ConnectionChangeKind.Withdrawn,
        ];
        await AssertToldAsync(ann, kinds, ["", _bob, ""]);
        await AssertToldAsync(bob, kinds, ["", _bob, _bob]);
        await AssertToldAsync(service, kinds, [_ann, _bob, _bob]);

        static async Task AssertToldAsync(
            Watcher watch,
            ConnectionChangeKind[] kinds,
            string[] actors
        )
        {
            foreach (var (kind, actor) in kinds.Zip(actors))
            {
                var change = await watch.NextAsync();
                Assert.Equal((kind, actor), (change.Kind, change.ActorId));
            }
        }
    }

    [Fact]
    public async Task Watch_Block_LooksToTheBlockedLikeARemovalOrAWithdrawal()
    {
        await fixture.ConnectAsync(_ann, _bob);
        await fixture
            .Invitations(_ann)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = _eve });
        var stranger = ConnectionsFixture.NewMember("tom");
        using var ann = await Watcher.StartAsync(fixture.Connections(_ann));
        using var bob = await Watcher.StartAsync(fixture.Connections(_bob));
        using var eve = await Watcher.StartAsync(fixture.Connections(_eve));
        using var tom = await Watcher.StartAsync(fixture.Connections(stranger));
        using var service = await Watcher.StartAsync(
            Service,
            new WatchConnectionsRequest { MemberId = stranger }
        );
        var blocks = new BlocksService.BlocksServiceClient(fixture.Service.As(_ann));

        foreach (var other in new[] { _bob, _eve, stranger })
        {
            await blocks.BlockMemberAsync(new BlockMemberRequest { OtherId = other });
        }
        await blocks.UnblockMemberAsync(new UnblockMemberRequest { OtherId = stranger });
        // the one who was blocked for a while hears of what comes then
        await fixture.ConnectAsync(stranger, _ann);

        Assert.Equal(
            [
                ConnectionChangeKind.Blocked,
                ConnectionChangeKind.Blocked,
                ConnectionChangeKind.Blocked,
                ConnectionChangeKind.Unblocked,
            ],
            [
                (await ann.NextAsync()).Kind,
                (await ann.NextAsync()).Kind,
                (await ann.NextAsync()).Kind,
                (await ann.NextAsync()).Kind,
            ]
        );
        var removed = await bob.NextAsync();
        Assert.Equal((ConnectionChangeKind.Removed, ""), (removed.Kind, removed.ActorId));
        Assert.Equal(ConnectionStatus.None, removed.Status);
        var withdrawn = await eve.NextAsync();
        Assert.Equal((ConnectionChangeKind.Withdrawn, ""), (withdrawn.Kind, withdrawn.ActorId));
        Assert.NotEmpty(withdrawn.InvitationId);
        Assert.Equal(ConnectionChangeKind.Invited, (await tom.NextAsync()).Kind);
        var blocked = await service.NextAsync();
        Assert.Equal((ConnectionChangeKind.Blocked, _ann), (blocked.Kind, blocked.ActorId));
        Assert.Equal(ConnectionChangeKind.Unblocked, (await service.NextAsync()).Kind);
    }

    [Fact]
    public async Task Watch_Filters_LetThroughWhatWasAskedFor()
    {
        using var bob = await Watcher.StartAsync(fixture.Connections(_bob));
        using var connections = await Watcher.StartAsync(
            Service,
            new WatchConnectionsRequest
            {
                Kinds = { ConnectionChangeKind.Connected, ConnectionChangeKind.Removed },
                WatchedIds = { _ann, _eve },
            }
        );
        using var ofEve = await Watcher.StartAsync(
            Service,
            new WatchConnectionsRequest { WatchedIds = { _eve } }
        );

        await fixture.ConnectAsync(_ann, _bob);
        await fixture.ConnectAsync(_ann, _eve);
        await fixture.ConnectAsync(_bob, ConnectionsFixture.NewMember("tom"));

        Assert.Equal(
            [(_ann, _bob), (_ann, _eve)],
            [await PairAsync(connections), await PairAsync(connections)]
        );
        Assert.Equal(ConnectionChangeKind.Invited, (await ofEve.NextAsync()).Kind);
        Assert.Equal((_ann, _eve), await PairAsync(ofEve));
        Assert.Equal((_ann, _bob), await PairAsync(bob));
        Assert.Equal((_ann, _bob), await PairAsync(bob));
        Assert.Equal(_bob, (await PairAsync(bob)).Item1);

        static async Task<(string, string)> PairAsync(Watcher watch)
        {
            var change = await watch.NextAsync();
            return (change.FirstId, change.SecondId);
        }
    }

    [Fact]
    public async Task Watch_ResumedFromEveryCursor_MissesNothing()
    {
        using var whole = await Watcher.StartAsync(fixture.Connections(_ann));
        var cursors = new List<string> { whole.Cursor };
        await fixture.ConnectAsync(_ann, _bob);
        await fixture
            .Connections(_bob)
            .RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = _ann });
        await fixture.ConnectAsync(_eve, _ann);
        var all = new List<ConnectionChange>();
        for (var count = 0; count < 5; count++)
        {
            all.Add(await whole.NextAsync());
            cursors.Add(whole.Cursor);
        }
        // who stopped at the last one is told of what comes then
        await fixture
            .Connections(_ann)
            .RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = _eve });
        all.Add(await whole.NextAsync());

        for (var met = 0; met < cursors.Count; met++)
        {
            var rest = await CatchUpAsync(
                fixture.Connections(_ann),
                new WatchConnectionsRequest { Cursor = cursors[met] }
            );
            Assert.Equal(
                all.Select(Key).Order(),
                all.Take(met).Concat(rest).Select(Key).Distinct().Order()
            );
        }
        var fromBeginning = await CatchUpAsync(
            fixture.Connections(_ann),
            new WatchConnectionsRequest { Start = WatchStart.Beginning }
        );
        // one pair after the other, and each in its order
        Assert.Equal(all.Select(Key).Order(), fromBeginning.Select(Key).Order());
    }

    [Fact]
    public async Task Watch_ByAnotherMember_IsRefused()
    {
        var refusal = await Refusal.OfAsync(() =>
            Watcher.StartAsync(
                fixture.Connections(_ann),
                new WatchConnectionsRequest { MemberId = _bob }
            )
        );
        Assert.Equal(ErrorReason.ActingForAnother, refusal.Reason);

        refusal = await Refusal.OfAsync(() =>
            Watcher.StartAsync(
                fixture.Connections(_ann),
                new WatchConnectionsRequest { WatchedIds = { _bob } }
            )
        );
        Assert.Equal(ErrorReason.RoleRequired, refusal.Reason);
        Assert.Equal("service", refusal.Info.Metadata["role"]);
    }

    [Fact]
    public async Task Watch_ByAnOperator_SeesAll()
    {
        using var watch = await Watcher.StartAsync(
            new ConnectionsService.ConnectionsServiceClient(fixture.Service.AsOperator()),
            new WatchConnectionsRequest { WatchedIds = { _ann } }
        );

        await fixture.ConnectAsync(_ann, _bob);

        Assert.Equal(_ann, (await watch.NextAsync()).ActorId);
    }

    [Fact]
    public async Task Watch_BadCursors_AreRefused()
    {
        using var watch = await Watcher.StartAsync(fixture.Connections(_ann));
        var chunk = Service.StreamConnections(new StreamConnectionsRequest { MemberId = _ann });
        await fixture.ConnectAsync(_ann, _bob);
        Assert.True(await chunk.ResponseStream.MoveNext(Cancel));
        var ofList = Platform.ServiceDefaults.Paging.PageToken.Encode("stream/x", "1|2");
        var future = new RecordCursor(0, long.MaxValue - 7).Write();

        foreach (var cursor in new[] { "garbage", "%", ofList, future, watch.Cursor + "x" })
        {
            var refusal = await Refusal.OfAsync(() =>
                Watcher.StartAsync(
                    fixture.Connections(_ann),
                    new WatchConnectionsRequest { Cursor = cursor }
                )
            );
            Assert.Equal(
                (ErrorReason.InvalidCursor, StatusCode.InvalidArgument),
                (refusal.Reason, refusal.Code)
            );
        }
    }

    [Fact]
    public async Task Watch_BadRequests_NameTheField()
    {
        var cases = new Dictionary<string, WatchConnectionsRequest>
        {
            ["heartbeat_interval"] = new()
            {
                HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(500)),
            },
            ["heartbeat_interval "] = new()
            {
                HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(61)),
            },
            ["heartbeat_interval  "] = new()
            {
                HeartbeatInterval = new Duration { Seconds = 5, Nanos = -1 },
            },
            ["kinds[1]"] = new()
            {
                Kinds = { ConnectionChangeKind.Invited, ConnectionChangeKind.Unspecified },
            },
            ["kinds[0]"] = new() { Kinds = { (ConnectionChangeKind)100 } },
            ["start"] = new() { Start = (WatchStart)9 },
            ["member_id"] = new() { MemberId = "not an id" },
            ["watched_ids[0]"] = new() { WatchedIds = { "not an id" } },
            ["watched_ids"] = new()
            {
                WatchedIds = { Enumerable.Range(0, 1001).Select(index => $"m{index}") },
            },
        };
        foreach (var (field, request) in cases)
        {
            var refusal = await Refusal.OfAsync(() => Watcher.StartAsync(Service, request));
            Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
            Assert.Equal([field.Trim()], refusal.Fields);
        }
    }

    [Fact]
    public async Task Watch_Quiet_SendsHeartbeatsThatResume()
    {
        using var watch = await Watcher.StartAsync(
            fixture.Connections(_ann),
            new WatchConnectionsRequest
            {
                HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
            }
        );

        var beat = await watch.NextEventAsync();

        Assert.Equal(WatchConnectionsResponse.EventOneofCase.Heartbeat, beat.EventCase);
        await fixture.ConnectAsync(_ann, _bob);
        var rest = await CatchUpAsync(
            fixture.Connections(_ann),
            new WatchConnectionsRequest { Cursor = beat.Cursor }
        );
        Assert.Equal(
            [ConnectionChangeKind.Invited, ConnectionChangeKind.Connected],
            rest.Select(change => change.Kind)
        );
    }

    [Fact]
    public async Task Watch_Cancelled_EndsAsCancelled()
    {
        using var watch = await Watcher.StartAsync(fixture.Connections(_ann));

        watch.Cancel();

        var cancelled = await Assert.ThrowsAsync<RpcException>(watch.NextAsync);
        Assert.Equal(StatusCode.Cancelled, cancelled.StatusCode);
    }

    [Fact]
    public async Task Watch_SlowReader_IsDroppedAndResumesWithoutAGap()
    {
        const int Pairs = 12_000;
        var members = Enumerable.Range(0, Pairs).Select(index => $"{_bob}-{index}").ToList();
        using var slow = await Watcher.StartAsync(Service, new() { MemberId = _ann });

        // it reads nothing meanwhile; written past the service, which is not what is slow here
        await Parallel.ForEachAsync(
            members,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (other, cancel) =>
                await fixture
                    .Service.Services.GetRequiredService<IConnectionStore>()
                    .TryStoreAsync(
                        Relationship
                            .None(MemberPair.Of(_ann, other))
                            .Send(
                                new RelationshipCommand(_ann, DateTimeOffset.UnixEpoch),
                                "",
                                null,
                                new InvitationPolicy(TimeSpan.FromDays(9999), default, default)
                            )
                            .Next!,
                        cancel
                    )
        );

        var told = new List<ConnectionChange>();
        var refusal = await Refusal.OfAsync(async () =>
        {
            while (true)
            {
                told.Add(await slow.NextAsync());
            }
        });
        Assert.Equal(
            (ErrorReason.SlowConsumer, StatusCode.Unavailable),
            (refusal.Reason, refusal.Code)
        );
        Assert.True(told.Count < Pairs, "The buffers took all: the reader was not slow.");
        var rest = await CatchUpAsync(Service, new() { MemberId = _ann, Cursor = slow.Cursor });
        Assert.Equal(
            members.Order(StringComparer.Ordinal),
            told.Concat(rest)
                .Select(change => change.SecondId)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Watch_FromCommitToEvent_TakesMilliseconds()
    {
        // fewer than a member may send in a week
        const int Changes = 90;
        using var watch = await Watcher.StartAsync(fixture.Connections(_ann));
        var delays = new List<double>();
        for (var index = 0; index < Changes; index++)
        {
            var clock = Stopwatch.StartNew();
            var next = watch.NextAsync();
            await fixture
                .Invitations(_ann)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = $"{_bob}-{index}" });
            var acknowledged = clock.Elapsed;
            await next;
            delays.Add((clock.Elapsed - acknowledged).TotalMilliseconds);
        }
        delays.Sort();
        // figures of a machine are no promise: only that all arrived is asserted
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"from acknowledgement to event: median {delays[Changes / 2]:0.0} ms, at most {delays[^1]:0.0} ms"
        );
    }

    private static string Key(ConnectionChange change) =>
        $"{change.FirstId}|{change.SecondId}|{change.Revision}|{change.Kind}";

    private static async Task<List<ConnectionChange>> CatchUpAsync(
        ConnectionsService.ConnectionsServiceClient client,
        WatchConnectionsRequest request
    )
    {
        using var watch = Watcher.Open(client, request);
        var told = new List<ConnectionChange>();
        while (await watch.NextEventAsync() is { Change: { } change })
        {
            told.Add(change);
        }
        return told;
    }
}
