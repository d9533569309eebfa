using Grpc.Core;
using Grpc.Health.V1;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Questions about the network, against a straightforward reference, and what is refused.</summary>
public class NetworkTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>,
        IAsyncLifetime
{
    private readonly NetworkActor _actor = new(fixture);
    private readonly string _run = Guid.NewGuid().ToString("N");

    public async ValueTask InitializeAsync() => await _actor.UntilReadyAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Answers_AnyHistoryWithBlocksAndSettings_AreThoseOfTheReference(int seed)
    {
        var random = new Random(seed);
        var members = Enumerable.Range(0, 14).Select(index => Id($"m{index:D2}")).ToList();
        var reference = new ReferenceNetwork { Members = members };
        var revision = "";
        for (var step = 0; step < 90; step++)
        {
            revision = await ChangeAsync(reference, random) ?? revision;
            if (step % 30 == 29)
            {
                foreach (var viewer in members)
                {
                    await AssertAgreesAsync(reference, viewer, revision);
                }
            }
        }
    }

    [Fact]
    public async Task AtLeastRevision_OfTheLastMutation_IsAlwaysHeld()
    {
        for (var round = 0; round < 20; round++)
        {
            var (one, other) = (Id($"one{round}"), Id($"other{round}"));
            var connected = await _actor.ConnectAsync(one, other);
            Assert.Equal(Degree.First, await DegreeAsync(one, other, connected));
            var removed = await _actor.RemoveAsync(other, one);
            Assert.Equal(Degree.OutOfNetwork, await DegreeAsync(one, other, removed));
        }
    }

    [Fact]
    public async Task AtLeastRevision_ThatNeverComes_IsRefusedWithinTheDeadline()
    {
        var refusal = await Refusal.OfAsync(async () =>
            await _actor
                .As(Id("ann"))
                .GetDegreeAsync(
                    new GetDegreeRequest
                    {
                        OtherId = Id("bob"),
                        Consistency = NetworkActor.AtLeast("c9000000000000000000"),
                    },
                    deadline: DateTime.UtcNow.AddSeconds(2)
                )
        );

        Assert.Equal(ErrorReason.RevisionNotReached, refusal.Reason);
        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.Equal(
            ErrorReason.InvalidRevision,
            (
                await Refusal.OfAsync(async () =>
                    await DegreeAsync(Id("ann"), Id("bob"), "not-a-revision")
                )
            ).Reason
        );
    }

    [Fact]
    public async Task Degrees_OfUnknownMembersAndOfOneself_AreOutOfNetworkAndSelf()
    {
        var (ann, ghost) = (Id("ann"), Id("ghost"));

        var answer = await _actor
            .As(ann)
            .BatchGetDegreesAsync(new BatchGetDegreesRequest { OtherIds = { ghost, ann, ghost } });

        Assert.Equal(
            [(ghost, Degree.OutOfNetwork), (ann, Degree.Self), (ghost, Degree.OutOfNetwork)],
            answer.Degrees.Select(degree => (degree.OtherId, degree.Degree))
        );
        var stats = await _actor.As(ghost).GetNetworkStatsAsync(new GetNetworkStatsRequest());
        Assert.Equal((0, 0), (stats.FirstDegreeCount, stats.SecondDegreeCount));
    }

    [Fact]
    public async Task Requests_BadInput_AreRefusedWithTheirReason()
    {
        var ann = Id("ann");
        var client = _actor.As(ann);
        var many = Enumerable.Range(0, 1001).Select(index => $"x{index}").ToList();
        Assert.Equal(
            1000,
            (
                await client.BatchGetDegreesAsync(
                    new BatchGetDegreesRequest { OtherIds = { many.Take(1000) } }
                )
            )
                .Degrees
                .Count
        );
        (ErrorReason, Func<Task>)[] calls =
        [
            (
                ErrorReason.BatchTooLarge,
                async () =>
                    await client.BatchGetDegreesAsync(
                        new BatchGetDegreesRequest { OtherIds = { many } }
                    )
            ),
            (
                ErrorReason.BatchTooLarge,
                async () =>
                    await client.BatchCountMutualConnectionsAsync(
                        new BatchCountMutualConnectionsRequest { OtherIds = { many } }
                    )
            ),
            (
                ErrorReason.InvalidRequest,
                async () => await client.BatchGetDegreesAsync(new BatchGetDegreesRequest())
            ),
            (
                ErrorReason.InvalidRequest,
                async () => await client.GetDegreeAsync(new GetDegreeRequest { OtherId = "no id" })
            ),
            (
                ErrorReason.SameMember,
                async () =>
                    await client.ListMutualConnectionsAsync(
                        new ListMutualConnectionsRequest { OtherId = ann }
                    )
            ),
            (
                ErrorReason.SameMember,
                async () =>
                    await client.CountMutualConnectionsAsync(
                        new CountMutualConnectionsRequest { OtherId = ann }
                    )
            ),
            (
                ErrorReason.SameMember,
                async () => await client.FindPathsAsync(new FindPathsRequest { OtherId = ann })
            ),
            (
                ErrorReason.InvalidRequest,
                async () =>
                    await client.FindPathsAsync(
                        new FindPathsRequest { OtherId = "bob", MaxPaths = 101 }
                    )
            ),
            (
                ErrorReason.InvalidPageToken,
                async () =>
                    await client.ListMutualConnectionsAsync(
                        new ListMutualConnectionsRequest { OtherId = "bob", PageToken = "x" }
                    )
            ),
            (
                ErrorReason.InvalidPageToken,
                async () =>
                    await client.ListSecondDegreeAsync(
                        new ListSecondDegreeRequest { PageToken = "x" }
                    )
            ),
            (
                ErrorReason.InvalidRequest,
                async () =>
                    await client.ListSecondDegreeAsync(
                        new ListSecondDegreeRequest { PageSize = 1001, MinMutualCount = -1 }
                    )
            ),
            (
                ErrorReason.InvalidCursor,
                async () => await StreamAsync(ann, new StreamSecondDegreeRequest { Cursor = "x" })
            ),
            (
                ErrorReason.InvalidRequest,
                async () =>
                    await StreamAsync(ann, new StreamSecondDegreeRequest { ChunkSize = 5001 })
            ),
        ];
        foreach (var (reason, call) in calls)
        {
            Assert.Equal(reason, (await Refusal.OfAsync(call)).Reason);
        }
    }

    [Fact]
    public async Task MutualConnections_Pages_AreAllInTheOrderOfIds()
    {
        var (ann, bob) = (Id("ann"), Id("bob"));
        var common = Enumerable.Range(0, 25).Select(index => Id($"c{index:D2}")).ToList();
        await _actor.ImportAsync(ann, common);
        await _actor.ImportAsync(bob, common);
        var revision = await _actor.ConnectAsync(ann, bob);

        var listed = new List<string>();
        var token = "";
        do
        {
            var page = await _actor
                .As(ann)
                .ListMutualConnectionsAsync(
                    new ListMutualConnectionsRequest
                    {
                        OtherId = bob,
                        PageSize = 10,
                        PageToken = token,
                        Consistency = NetworkActor.AtLeast(revision),
                    }
                );
            listed.AddRange(page.ConnectionIds);
            token = page.NextPageToken;
        } while (token.Length > 0);

        Assert.Equal(common, listed);
    }

    [Fact]
    public async Task SecondDegree_ChangedBetweenPages_StaysThatOfTheFirstPage()
    {
        var (ann, hub) = (Id("ann"), Id("hub"));
        var far = Enumerable.Range(0, 30).Select(index => Id($"far{index:D2}")).ToList();
        await _actor.ImportAsync(hub, far);
        var revision = await _actor.ConnectAsync(ann, hub);
        var first = await ListAsync(ann, "", NetworkActor.AtLeast(revision));

        var removed = await _actor.RemoveAsync(hub, far[15]);
        var second = await ListAsync(ann, first.NextPageToken, NetworkActor.AtLeast(removed));
        var third = await ListAsync(ann, second.NextPageToken, null);
        var now = await ListAsync(ann, "", NetworkActor.AtLeast(removed));

        Assert.Equal(
            far,
            new[] { first, second, third }.SelectMany(page =>
                page.Members.Select(member => member.MemberId)
            )
        );
        Assert.Equal("", third.NextPageToken);
        Assert.All([first, second, third], page => Assert.Equal(first.Revision, page.Revision));
        Assert.Equal(29, now.TotalCount);

        Task<ListSecondDegreeResponse> ListAsync(string viewer, string token, Consistency? fresh) =>
            _actor
                .As(viewer)
                .ListSecondDegreeAsync(
                    new ListSecondDegreeRequest
                    {
                        PageSize = 10,
                        PageToken = token,
                        Consistency = fresh,
                    }
                )
                .ResponseAsync;
    }

    [Fact]
    public async Task Paths_MoreThanAskedFor_SayThatThereAreMore()
    {
        var (ann, bob) = (Id("ann"), Id("bob"));
        var between = Enumerable.Range(0, 400).Select(index => Id($"b{index:D3}")).ToList();
        await _actor.ImportAsync(ann, between);
        await _actor.ImportAsync(bob, between);
        var revision = await _actor.ConnectAsync(bob, Id("else"));
        await _actor.ShowAsync(between[0], ListVisibility.OnlyMe);

        var some = await FindAsync(100);
        Assert.Equal((Degree.Second, 100, false), (some.Degree, some.Paths.Count, some.Complete));
        Assert.DoesNotContain(some.Paths, path => path.MemberIds.Contains(between[0]));

        Task<FindPathsResponse> FindAsync(int most) =>
            _actor
                .As(ann)
                .FindPathsAsync(
                    new FindPathsRequest
                    {
                        OtherId = bob,
                        MaxPaths = most,
                        Consistency = NetworkActor.AtLeast(revision),
                    }
                )
                .ResponseAsync;
    }

    [Fact]
    public async Task Health_OfTheWholeService_IsThereBesideThatOfTheNetwork()
    {
        var health = new Health.HealthClient(fixture.Service.WithToken(null));
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving,
            (await health.CheckAsync(new HealthCheckRequest())).Status
        );
    }

    private string Id(string name) => $"{name}-{_run}";

    private async Task<Degree> DegreeAsync(string viewer, string other, string revision) =>
        (
            await _actor
                .As(viewer)
                .GetDegreeAsync(
                    new GetDegreeRequest
                    {
                        OtherId = other,
                        Consistency = NetworkActor.AtLeast(revision),
                    }
                )
        ).Degree;

    /// <returns>The revision of the change; null where there was nothing to change.</returns>
    private async Task<string?> ChangeAsync(ReferenceNetwork reference, Random random)
    {
        var one = reference.Members[random.Next(reference.Members.Count)];
        var other = reference.Members[random.Next(reference.Members.Count)];
        if (one == other)
        {
            return null;
        }
        switch (random.Next(20))
        {
            case 0 when !reference.Blocks(one, other):
                reference.Block(one, other);
                return await _actor.BlockAsync(one, other);
            case 1 or 2 or 3:
                var visibility = (ListVisibility)random.Next(1, 4);
                reference.Show(one, visibility);
                return await _actor.ShowAsync(one, visibility);
            case 4 or 5 when reference.AreConnected(one, other):
                reference.Disconnect(one, other);
                return await _actor.RemoveAsync(one, other);
            case > 5 when !reference.AreConnected(one, other) && !reference.AreBlocked(one, other):
                reference.Connect(one, other);
                return await _actor.ConnectAsync(one, other);
            default:
                return null;
        }
    }

    private async Task AssertAgreesAsync(ReferenceNetwork reference, string viewer, string revision)
    {
        var client = _actor.As(viewer);
        var others = reference.Members;
        // what one answer held, all that follow hold
        var degrees = await client.BatchGetDegreesAsync(
            new BatchGetDegreesRequest
            {
                OtherIds = { others },
                Consistency = NetworkActor.AtLeast(revision),
            }
        );
        Assert.Equal(
            others.Select(other => reference.DegreeOf(viewer, other)),
            degrees.Degrees.Select(degree => degree.Degree)
        );
        var counts = await client.BatchCountMutualConnectionsAsync(
            new BatchCountMutualConnectionsRequest { OtherIds = { others } }
        );
        Assert.Equal(
            others.Select(other => reference.MutualOf(viewer, other).Count),
            counts.Counts.Select(count => count.Count)
        );
        foreach (var other in others.Where(other => other != viewer))
        {
            Assert.Equal(
                reference.DegreeOf(viewer, other),
                (await client.GetDegreeAsync(new GetDegreeRequest { OtherId = other })).Degree
            );
            var mutual = await client.ListMutualConnectionsAsync(
                new ListMutualConnectionsRequest { OtherId = other }
            );
            Assert.Equal(reference.MutualOf(viewer, other), mutual.ConnectionIds);
            var paths = await client.FindPathsAsync(
                new FindPathsRequest { OtherId = other, MaxPaths = 100 }
            );
            Assert.True(paths.Complete);
            Assert.Equal(reference.DegreeOf(viewer, other), paths.Degree);
            Assert.Equal(
                reference.PathsOf(viewer, other),
                paths
                    .Paths.Select(path => string.Join('>', path.MemberIds))
                    .Order(StringComparer.Ordinal)
            );
        }
        var expected = reference.SecondDegreeOf(viewer);
        var second = await client.ListSecondDegreeAsync(
            new ListSecondDegreeRequest { PageSize = 1000 }
        );
        Assert.Equal(expected.Select(Text), second.Members.Select(TextOf));
        var streamed = await StreamAsync(viewer, new StreamSecondDegreeRequest { ChunkSize = 2 });
        Assert.Equal(
            expected.Select(Text).Order(StringComparer.Ordinal),
            streamed.Select(TextOf).Order(StringComparer.Ordinal)
        );
        var stats = await client.GetNetworkStatsAsync(new GetNetworkStatsRequest());
        Assert.Equal(
            (reference.ConnectionsOf(viewer).Count, expected.Count),
            (stats.FirstDegreeCount, stats.SecondDegreeCount)
        );

        static string Text((string Member, List<string> Connectors) entry) =>
            $"{entry.Member} {entry.Connectors.Count} {string.Join(',', entry.Connectors.Take(3))}";

        static string TextOf(SecondDegreeMember member) =>
            $"{member.MemberId} {member.MutualCount} {string.Join(',', member.SampleConnectorIds)}";
    }

    /// <summary>Reads a stream that breaks off after every chunk and is resumed.</summary>
    private async Task<List<SecondDegreeMember>> StreamAsync(
        string viewer,
        StreamSecondDegreeRequest request
    )
    {
        var members = new List<SecondDegreeMember>();
        while (true)
        {
            using var call = _actor.As(viewer).StreamSecondDegree(request);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            var chunk = call.ResponseStream.Current;
            members.AddRange(chunk.Members);
            if (chunk.Complete)
            {
                return members;
            }
            request.Cursor = chunk.Cursor;
        }
    }
}
