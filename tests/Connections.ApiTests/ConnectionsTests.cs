using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

public class ConnectionsTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _mia = ConnectionsFixture.NewMember("mia");
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _zoe = ConnectionsFixture.NewMember("zoe");

    private ConnectionsService.ConnectionsServiceClient AsService =>
        new(fixture.Service.AsService());

    [Fact]
    public async Task BatchCheckConnections_Mixed_AnswersInOrder()
    {
        await fixture.ConnectAsync(_mia, _ann);
        var invited = await fixture
            .Invitations(_zoe)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = _mia });

        var answer = await AsService.BatchCheckConnectionsAsync(
            new BatchCheckConnectionsRequest
            {
                MemberId = _mia,
                OtherIds = { _zoe, "nobody", _ann, _mia, _ann },
            }
        );

        Assert.Equal(
            [
                ConnectionStatus.InvitationReceived,
                ConnectionStatus.None,
                ConnectionStatus.Connected,
                ConnectionStatus.Self,
                ConnectionStatus.Connected,
            ],
            answer.Checks.Select(check => check.Status)
        );
        Assert.Equal(invited.Invitation.InvitationId, answer.Checks[0].InvitationId);
        Assert.Equal(
            ConnectionStatus.InvitationSent,
            (
                await fixture
                    .Connections(_zoe)
                    .CheckConnectionAsync(new CheckConnectionRequest { OtherId = _mia })
            ).Status
        );
    }

    [Fact]
    public async Task BatchCheckPairs_Mixed_AnswersEachAsACheckWould()
    {
        await fixture.ConnectAsync(_mia, _ann);
        await fixture
            .Invitations(_zoe)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = _mia });
        var blocker = ConnectionsFixture.NewMember("bob");
        await fixture.ConnectAsync(blocker, _ann);
        await new BlocksService.BlocksServiceClient(fixture.Service.As(blocker)).BlockMemberAsync(
            new BlockMemberRequest { OtherId = _ann }
        );
        (string Member, string Other)[] pairs =
        [
            (_mia, _ann),
            (_ann, _mia),
            (_zoe, _mia),
            (_mia, _zoe),
            (_mia, _mia),
            (_mia, "nobody"),
            (_ann, blocker),
            (blocker, _ann),
            (_mia, _ann),
        ];

        var answer = await AsService.BatchCheckPairsAsync(
            new BatchCheckPairsRequest
            {
                Pairs =
                {
                    pairs.Select(pair => new PairToCheck
                    {
                        MemberId = pair.Member,
                        OtherId = pair.Other,
                    }),
                },
            }
        );

        Assert.Equal(
            [
                ConnectionStatus.Connected,
                ConnectionStatus.Connected,
                ConnectionStatus.InvitationSent,
                ConnectionStatus.InvitationReceived,
                ConnectionStatus.Self,
                ConnectionStatus.None,
                ConnectionStatus.None,
                ConnectionStatus.None,
                ConnectionStatus.Connected,
            ],
            answer.Checks.Select(check => check.Status)
        );
        for (var index = 0; index < pairs.Length; index++)
        {
            var alone = await AsService.CheckConnectionAsync(
                new CheckConnectionRequest
                {
                    MemberId = pairs[index].Member,
                    OtherId = pairs[index].Other,
                }
            );
            var check = answer.Checks[index];
            Assert.Equal(pairs[index].Other, check.OtherId);
            Assert.Equal((alone.Status, alone.InvitationId), (check.Status, check.InvitationId));
        }
    }

    [Fact]
    public async Task BatchCheckPairs_OfAMemberOrAnOperator_IsRefused()
    {
        foreach (var invoker in new[] { fixture.Service.As(_mia), fixture.Service.AsOperator() })
        {
            var refusal = await Refusal.OfAsync(
                new ConnectionsService.ConnectionsServiceClient(invoker).BatchCheckPairsAsync(
                    new BatchCheckPairsRequest
                    {
                        Pairs =
                        {
                            new PairToCheck { MemberId = _mia, OtherId = _ann },
                        },
                    }
                )
            );

            Assert.Equal(ErrorReason.RoleRequired, refusal.Reason);
        }
    }

    [Fact]
    public async Task RemoveConnection_Connected_EndsItForBoth()
    {
        await fixture.ConnectAsync(_mia, _ann);
        var request = new RemoveConnectionRequest { OtherId = _ann, RequestId = "remove-1" };

        var first = await fixture.Connections(_mia).RemoveConnectionAsync(request);
        var again = await fixture.Connections(_mia).RemoveConnectionAsync(request);

        Assert.Equal(first, again);
        foreach (var (one, other) in new[] { (_mia, _ann), (_ann, _mia) })
        {
            var client = fixture.Connections(one);
            Assert.Equal(
                ConnectionStatus.None,
                (
                    await client.CheckConnectionAsync(
                        new CheckConnectionRequest { OtherId = other }
                    )
                ).Status
            );
            Assert.Empty(
                (await client.ListConnectionsAsync(new ListConnectionsRequest())).Connections
            );
            Assert.Equal(
                0,
                (await client.CountConnectionsAsync(new CountConnectionsRequest())).Count
            );
            Assert.Equal(
                ErrorReason.NotConnected,
                (
                    await Refusal.OfAsync(
                        client.RemoveConnectionAsync(
                            new RemoveConnectionRequest { OtherId = other }
                        )
                    )
                ).Reason
            );
        }
    }

    [Theory]
    [InlineData(ConnectionOrder.Recent)]
    [InlineData(ConnectionOrder.Id)]
    public async Task ListConnections_Paged_GivesAllInOrder(ConnectionOrder order)
    {
        var others = await ConnectManyAsync(11);
        var request = new ListConnectionsRequest
        {
            OwnerId = _mia,
            PageSize = 4,
            Order = order,
        };
        var seen = new List<Connection>();
        do
        {
            var page = await fixture.Connections(_ann).ListConnectionsAsync(request);
            Assert.True(page.Connections.Count <= 4);
            seen.AddRange(page.Connections);
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);

        Assert.Equal(
            others.Order(StringComparer.Ordinal),
            seen.Select(connection => connection.MemberId).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            order == ConnectionOrder.Id
                ? seen.OrderBy(connection => connection.MemberId, StringComparer.Ordinal)
                : seen.OrderByDescending(connection => connection.ConnectedTime),
            seen
        );
        Assert.Equal(
            11,
            (
                await fixture
                    .Connections(_ann)
                    .CountConnectionsAsync(new CountConnectionsRequest { OwnerId = _mia })
            ).Count
        );
    }

    [Fact]
    public async Task ListConnections_TimeFilter_Applies()
    {
        await ConnectManyAsync(1);
        var future = Timestamp.FromDateTime(DateTime.UtcNow.AddHours(1));

        Assert.Empty(
            (
                await fixture
                    .Connections(_mia)
                    .ListConnectionsAsync(new ListConnectionsRequest { ConnectedFromTime = future })
            ).Connections
        );
        Assert.Single(
            (
                await fixture
                    .Connections(_mia)
                    .ListConnectionsAsync(
                        new ListConnectionsRequest { ConnectedBeforeTime = future }
                    )
            ).Connections
        );
    }

    [Fact]
    public async Task StreamConnections_Service_GetsAllInChunksAndResumes()
    {
        var others = await ConnectManyAsync(10);

        var chunks = await StreamAsync("");

        Assert.Equal([4, 4, 2], chunks.Select(chunk => chunk.ConnectionIds.Count));
        Assert.Equal([false, false, true], chunks.Select(chunk => chunk.Complete));
        Assert.Equal(
            others.Order(StringComparer.Ordinal),
            chunks.SelectMany(chunk => chunk.ConnectionIds).Order(StringComparer.Ordinal)
        );
        var resumed = await StreamAsync(chunks[0].Cursor);
        Assert.Equal(
            chunks.Skip(1).SelectMany(chunk => chunk.ConnectionIds),
            resumed.SelectMany(chunk => chunk.ConnectionIds)
        );
    }

    [Fact]
    public async Task StreamConnections_Nobody_GetsOneCompleteChunk()
    {
        var chunk = Assert.Single(await StreamAsync(""));

        Assert.True(chunk.Complete);
        Assert.Empty(chunk.ConnectionIds);
    }

    [Fact]
    public async Task StreamConnections_Member_IsRefused()
    {
        using var call = fixture.Connections(_mia).StreamConnections(new());

        var refusal = await Refusal.OfAsync(() => call.ResponseStream.MoveNext());

        Assert.Equal(ErrorReason.RoleRequired, refusal.Reason);
        Assert.Equal(StatusCode.PermissionDenied, refusal.Code);
    }

    private async Task<List<StreamConnectionsResponse>> StreamAsync(string cursor)
    {
        using var call = AsService.StreamConnections(
            new StreamConnectionsRequest
            {
                MemberId = _mia,
                ChunkSize = 4,
                Cursor = cursor,
            }
        );
        var chunks = new List<StreamConnectionsResponse>();
        await foreach (
            var chunk in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken)
        )
        {
            chunks.Add(chunk);
        }
        return chunks;
    }

    private async Task<List<string>> ConnectManyAsync(int count)
    {
        var others = new List<string>();
        for (var index = 0; index < count; index++)
        {
            // on both sides of the member in the order of ids
            others.Add(ConnectionsFixture.NewMember(index % 2 == 0 ? "a" : "z"));
            await fixture.ConnectAsync(others[^1], _mia);
        }
        return others;
    }
}
