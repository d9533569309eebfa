using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>BatchGetStandingColumns says what BatchGetStandings and the network say, and nothing else.</summary>
public class StandingColumnsTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>,
        IAsyncLifetime
{
    private readonly NetworkActor _actor = new(fixture);

    public async ValueTask InitializeAsync() => await _actor.UntilReadyAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Columns_AnyHistory_SayWhatTheThreeMethodsSay(int seed)
    {
        var random = new Random(seed);
        string[] members =
        [
            .. Enumerable.Range(0, 10).Select(index => ConnectionsFixture.NewMember($"m{index}")),
        ];
        for (var step = 0; step < 150; step++)
        {
            await ChangeAsync(members, random);
        }
        // a change of another pair that all answers then hold
        var revision = await _actor.ConnectAsync(
            ConnectionsFixture.NewMember("last"),
            ConnectionsFixture.NewMember("last")
        );
        var told = new HashSet<string>();
        foreach (var viewer in members)
        {
            // doubles, the viewer itself and somebody unknown are among them
            string[] others = [.. members, "nobody", members[3], .. members];
            var (standings, degrees, counts) = await AskTheThreeAsync(viewer, others, revision);

            var columns = await fixture
                .Connections(viewer)
                .BatchGetStandingColumnsAsync(
                    new BatchGetStandingColumnsRequest
                    {
                        OtherIds = { others },
                        IncludeStandings = true,
                        IncludePermissions = true,
                        IncludeDegrees = true,
                        IncludeMutualCounts = true,
                        Consistency = NetworkActor.AtLeast(revision),
                    }
                );

            Assert.Equal(standings, ToStandings(columns.Standings, others));
            Assert.Equal(degrees, columns.Network.Degrees);
            Assert.Equal(counts, columns.Network.MutualCounts.Select(count => (int)count));
            Assert.Empty(columns.NetworkFailure);
            told.UnionWith(standings.Select(standing => standing.Status.ToString()));
            told.UnionWith(columns.Standings.Reasons);
        }
        // else the histories would say little
        Assert.Superset(
            new HashSet<string>
            {
                "Connected",
                "InvitationSent",
                "InvitationReceived",
                "None",
                "Self",
                "ALREADY_CONNECTED",
                "COOL_DOWN",
                "NOT_INVITABLE",
                "RECOMMENDATION_EXISTS",
            },
            told
        );
    }

    [Fact]
    public async Task Columns_NotAskedFor_AreNotThere()
    {
        var (mia, ann) = (ConnectionsFixture.NewMember("mia"), ConnectionsFixture.NewMember("ann"));
        var client = fixture.Connections(mia);

        var standings = await client.BatchGetStandingColumnsAsync(
            new BatchGetStandingColumnsRequest { OtherIds = { ann }, IncludeStandings = true }
        );
        var degrees = await client.BatchGetStandingColumnsAsync(
            new BatchGetStandingColumnsRequest { OtherIds = { ann }, IncludeDegrees = true }
        );
        var counts = await client.BatchGetStandingColumnsAsync(
            new BatchGetStandingColumnsRequest { OtherIds = { ann }, IncludeMutualCounts = true }
        );

        Assert.Equal([ConnectionStatus.None], standings.Standings.Statuses);
        Assert.Empty(standings.Standings.InviteRefusals);
        Assert.Empty(standings.Standings.RecommendRefusals);
        Assert.Null(standings.Network);
        Assert.Null(degrees.Standings);
        Assert.Equal([Degree.OutOfNetwork], degrees.Network.Degrees);
        Assert.Empty(degrees.Network.MutualCounts);
        Assert.Equal([0u], counts.Network.MutualCounts);
        Assert.Empty(counts.Network.Degrees);
    }

    [Fact]
    public async Task Columns_TheIndexCannotAnswer_SayWhyInTheirPlace()
    {
        var client = fixture.Connections(ConnectionsFixture.NewMember("mia"));
        var request = new BatchGetStandingColumnsRequest
        {
            OtherIds = { "ann" },
            IncludeDegrees = true,
            Consistency = NetworkActor.AtLeast("c9000000000000000000"),
        };

        var answer = await client.BatchGetStandingColumnsAsync(request, deadline: Soon());
        // the store refuses as it does elsewhere
        request.IncludeStandings = true;
        var refusal = await Refusal.OfAsync(async () =>
            await client.BatchGetStandingColumnsAsync(request, deadline: Soon())
        );

        Assert.Null(answer.Network);
        Assert.Equal("REVISION_NOT_REACHED", answer.NetworkFailure);
        Assert.Equal(ErrorReason.RevisionNotReached, refusal.Reason);

        // the client library reads the real clock
        static DateTime Soon() => DateTime.UtcNow.AddSeconds(2);
    }

    [Fact]
    public async Task Columns_Bounds_AreHeld()
    {
        var mia = ConnectionsFixture.NewMember("mia");
        string[] many = [.. Enumerable.Range(0, 1001).Select(index => $"member-{index}")];

        Assert.Equal(1000, (await ReadAsync(many[1..])).Standings.Statuses.Count);
        var tooMany = await Refusal.OfAsync(async () => await ReadAsync(many));
        var none = await Refusal.OfAsync(async () => await ReadAsync());
        var malformed = await Refusal.OfAsync(async () => await ReadAsync("ann", "no spaces"));
        Assert.Equal(ErrorReason.BatchTooLarge, tooMany.Reason);
        Assert.Equal(ErrorReason.InvalidRequest, none.Reason);
        Assert.Equal(["other_ids[1]"], malformed.Fields);

        async Task<BatchGetStandingColumnsResponse> ReadAsync(params string[] others) =>
            await fixture
                .Connections(mia)
                .BatchGetStandingColumnsAsync(
                    new BatchGetStandingColumnsRequest
                    {
                        OtherIds = { others },
                        IncludePermissions = true,
                    }
                );
    }

    [Fact]
    public async Task Columns_ForAnother_AreForServicesOnly()
    {
        var (mia, ann) = (ConnectionsFixture.NewMember("mia"), ConnectionsFixture.NewMember("ann"));
        var request = new BatchGetStandingColumnsRequest
        {
            MemberId = ann,
            OtherIds = { mia },
            IncludeStandings = true,
        };
        await _actor.BlockAsync(mia, ann);

        var refusal = await Refusal.OfAsync(async () =>
            await fixture.Connections(mia).BatchGetStandingColumnsAsync(request)
        );
        var asService = await new ConnectionsService.ConnectionsServiceClient(
            fixture.Service.AsService()
        ).BatchGetStandingColumnsAsync(request);

        Assert.Equal(ErrorReason.ActingForAnother, refusal.Reason);
        // the other direction of a block is not told, not to services either
        Assert.Empty(asService.Standings.BlockedIndexes);
        Assert.Equal([ConnectionStatus.None], asService.Standings.Statuses);
    }

    private async Task<(
        IReadOnlyList<PairStanding> Standings,
        IEnumerable<Degree> Degrees,
        IEnumerable<int> Counts
    )> AskTheThreeAsync(string viewer, string[] others, string revision)
    {
        var network = _actor.As(viewer);
        var degrees = await network.BatchGetDegreesAsync(
            new BatchGetDegreesRequest
            {
                OtherIds = { others },
                Consistency = NetworkActor.AtLeast(revision),
            }
        );
        var counts = await network.BatchCountMutualConnectionsAsync(
            new BatchCountMutualConnectionsRequest
            {
                OtherIds = { others },
                Consistency = NetworkActor.AtLeast(revision),
            }
        );
        var standings = await fixture
            .Connections(viewer)
            .BatchGetStandingsAsync(
                new BatchGetStandingsRequest { OtherIds = { others }, IncludePermissions = true }
            );
        return (
            standings.Standings,
            degrees.Degrees.Select(degree => degree.Degree),
            counts.Counts.Select(count => count.Count)
        );
    }

    private static IEnumerable<PairStanding> ToStandings(StandingColumns columns, string[] others)
    {
        for (var index = 0; index < others.Length; index++)
        {
            var at = (uint)index;
            var invitation = columns.Invitations.SingleOrDefault(one => one.Index == at);
            yield return new PairStanding
            {
                OtherId = others[index],
                Status = columns.Statuses[index],
                InvitationId = invitation?.InvitationId ?? "",
                SentTime = invitation?.SentTime,
                CoolDownEndTime = columns
                    .CoolDownEnds.SingleOrDefault(end => end.Indexes.Contains(at))
                    ?.Time,
                Blocks = columns.BlockedIndexes.Contains(at),
                Invite = ToPermission(
                    columns.InviteRefusals[index],
                    columns.InviteRefusalEnds.SingleOrDefault(end => end.Indexes.Contains(at))?.Time
                ),
                Recommend = ToPermission(columns.RecommendRefusals[index], null),
            };
        }

        Permission ToPermission(uint refusal, Timestamp? until) =>
            new()
            {
                Allowed = refusal == 0,
                RefusalReason = refusal == 0 ? "" : columns.Reasons[(int)refusal - 1],
                RefusedUntilTime = until,
            };
    }

    /// <summary>Does something that may well be refused.</summary>
    private async Task ChangeAsync(string[] members, Random random)
    {
        var pair = random.GetItems(members, 2);
        var (one, other) = (pair[0], pair[1]);
        try
        {
            switch (random.Next(12))
            {
                case 0:
                    await _actor.BlockAsync(one, other);
                    break;
                case 1:
                    await _actor.ShowAsync(one, (ListVisibility)random.Next(1, 4));
                    break;
                case 2:
                    await new ConnectionSettingsService.ConnectionSettingsServiceClient(
                        fixture.Service.As(one)
                    ).UpdateConnectionSettingsAsync(
                        new UpdateConnectionSettingsRequest
                        {
                            Settings = new ConnectionSettings
                            {
                                InvitationAudience = (InvitationAudience)random.Next(1, 4),
                            },
                            UpdateMask = new() { Paths = { "invitation_audience" } },
                        }
                    );
                    break;
                case 3:
                    await _actor.RemoveAsync(one, other);
                    break;
                case 4:
                    var sent = await InviteAsync(one, other);
                    await fixture
                        .Invitations(one)
                        .WithdrawInvitationAsync(
                            new WithdrawInvitationRequest
                            {
                                InvitationId = sent.Invitation.InvitationId,
                            }
                        );
                    break;
                case 5:
                    await fixture
                        .Recommendations(one)
                        .WriteRecommendationAsync(
                            new WriteRecommendationRequest { RecipientId = other, Text = "A joy." }
                        );
                    break;
                case 6 or 7 or 8:
                    await _actor.ConnectAsync(one, other);
                    break;
                default:
                    await InviteAsync(one, other);
                    break;
            }
        }
        catch (RpcException exception)
            when (exception.StatusCode
                    is StatusCode.FailedPrecondition
                        or StatusCode.InvalidArgument
                        or StatusCode.NotFound
                        or StatusCode.PermissionDenied
            )
        {
            // what is refused changes nothing
        }
    }

    private async Task<SendInvitationResponse> InviteAsync(string one, string other) =>
        await fixture
            .Invitations(one)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = other });
}
