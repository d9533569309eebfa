using Platform.Connections.Network.Graph;

namespace Platform.Tests.Connections.UnitTests.Network;

public sealed class GraphIndexTests
{
    [Fact]
    public void FindAll_OfMany_FindsWhatFindFinds()
    {
        var builder = new GraphBuilder();
        for (var member = 0; member < 5_000; member++)
        {
            builder.Add($"m{member}", "hub", 0);
        }
        var graph = builder.Build(revision: 1).Current;
        string[] asked =
        [
            "",
            new('x', 65),
            new('\u20ac', 64),
            "hub",
            .. Enumerable.Range(0, 777).Select(number => $"m{number * 11}"),
        ];
        var ids = new int[asked.Length];

        graph.FindAll(asked, ids);

        Assert.Equal(asked.Select(graph.Find), ids);
        Assert.Contains(-1, ids[4..]);
    }

    [Fact]
    public void Questions_OfUnknownMembers_AreOutOfNetwork()
    {
        var graph = Index(("ann", "bob")).Current;
        var ann = graph.Find("ann");
        foreach (var name in new[] { "", "nobody", new string('x', 65), "\ud800" })
        {
            Assert.Equal(-1, graph.Find(name));
        }
        Assert.Equal(4, graph.Distance(ann, -1));
        Assert.Equal(4, graph.Distance(-1, ann));
        Assert.Equal(4, graph.Distance(-1, -1));
        Assert.Equal(0, graph.Distance(ann, ann));
        Assert.Equal(0, graph.DegreeOf(-1));
        Assert.Equal(0, graph.CountMutual(ann, -1));
        Assert.Equal(0, graph.FindSecondDegree(-1).Count);
        Assert.Equal(0, graph.CountSecondDegree(-1));
        Assert.Empty(graph.ShortestPaths(ann, -1));
        Assert.Empty(graph.RankSecondDegree(-1, _ => 1, [1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => graph.NameOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => graph.NameOf(graph.Members));
    }

    [Fact]
    public void Distances_IntoTooLittleRoom_IsRefused()
    {
        var graph = Index(("ann", "bob")).Current;
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            graph.Distances(0, [0, 1], stackalloc byte[1])
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            graph.CountMutuals(0, [0, 1], stackalloc int[1])
        );
    }

    [Fact]
    public void Apply_OfSomethingThatIsNoPair_AppliesNothing()
    {
        var index = Index(("ann", "bob"));
        foreach (var (low, high) in new[] { ("ann", "ann"), ("", "ann"), ("ann", new('x', 65)) })
        {
            Assert.Throws<ArgumentException>(() =>
                index.Apply(
                    [new("cid", "dan", true, 0, 5), new(low, high, true, 0, 6)],
                    revision: 6
                )
            );
            Assert.Throws<ArgumentException>(() => new GraphBuilder().Add(low, high, 0));
        }
        Assert.Equal(1, index.Current.Edges);
        Assert.Equal(-1, index.Current.Find("cid"));
        index.Apply([new("cid", "dan", true, 0, 5)], revision: 5);
        Assert.Equal(2, index.Current.Edges);
    }

    [Fact]
    public void Apply_WithoutChanges_RaisesTheRevision()
    {
        var index = Index(("ann", "bob"));
        index.Apply([], revision: 70);
        Assert.Equal(70, index.Current.Revision);
        index.Apply([], revision: 60);
        Assert.Equal(70, index.Current.Revision);
    }

    [Fact]
    public void Apply_OfAnOlderChangeAfterANewer_ChangesNothing()
    {
        var index = new GraphIndex();
        index.Apply([new("ann", "bob", false, 0, 9)], revision: 9);
        index.Apply([new("bob", "ann", true, 0, 8)], revision: 9);
        Assert.Equal(0, index.Current.Edges);
        index.Apply([new("ann", "bob", true, 0, 10)], revision: 10);
        Assert.Equal(1, index.Current.Edges);
    }

    [Fact]
    public void Apply_OfWhatIsSettled_ChangesNothing()
    {
        var index = Index(("ann", "bob"));
        index.Settle(100);
        index.Apply([new("ann", "bob", false, 0, 100)], revision: 100);
        Assert.Equal(1, index.Current.Edges);
        index.Settle(50);
        Assert.Equal(100, index.Settled);
        index.Apply([new("ann", "bob", false, 0, 101)], revision: 101);
        Assert.Equal(0, index.Current.Edges);
    }

    [Fact]
    public void Settle_AfterManyChanges_KeepsTellingLateOnes()
    {
        var index = new GraphIndex();
        var changes = Enumerable
            .Range(1, 5_000)
            .Select(number => new EdgeChange("hub", $"m{number}", true, 0, number))
            .ToArray();
        index.Apply(changes, revision: 5_000);
        index.Settle(2_000);
        // one that is settled, one that is not, each by a change before the one that holds
        index.Apply(
            [new("hub", "m1999", false, 0, 1_998), new("hub", "m3000", false, 0, 2_999)],
            revision: 5_000
        );
        Assert.Equal(5_000, index.Current.Edges);
    }

    // on both sides of where larger counters are needed
    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void FindSecondDegree_ThroughManyConnections_CountsThemAll(int ways)
    {
        var graph = Index([
            .. Enumerable
                .Range(0, ways)
                .SelectMany(way => new[] { ("ann", $"w{way}"), ($"w{way}", "zoe") }),
            ("w0", "yan"),
        ]).Current;
        for (var round = 0; round < 2; round++)
        {
            using var found = graph.FindSecondDegree(graph.Find("ann"));
            Assert.Equal(
                [("zoe", ways), ("yan", 1)],
                found
                    .ListByMutualCount(null, 10)
                    .Select(member => (graph.NameOf(member.Id), member.MutualCount))
            );
        }
    }

    [Fact]
    public void Distances_FromAHubAndFromALeaf_AreThoseOfSingleQuestions()
    {
        // wide enough for both ways of a batch, far enough apart for every distance
        var index = Index([
            .. Enumerable.Range(0, 3_000).Select(leaf => ("hub", $"a{leaf}")),
            .. Enumerable.Range(0, 3_000).Select(leaf => ($"a{leaf}", $"b{leaf}")),
            .. Enumerable.Range(0, 3_000).Select(leaf => ($"b{leaf}", $"c{leaf}")),
            .. Enumerable.Range(0, 3_000).Select(leaf => ($"c{leaf}", $"d{leaf}")),
        ]);
        var graph = index.Current;
        int[] targets =
        [
            .. new[] { "hub", "a7", "b7", "c7", "d7", "a9", "b9", "nobody" }.Select(graph.Find),
        ];
        foreach (var from in new[] { "hub", "a7", "b7", "d7", "nobody" })
        {
            var distances = new byte[targets.Length];
            graph.Distances(graph.Find(from), targets, distances);
            Assert.Equal(
                targets.Select(target => graph.Distance(graph.Find(from), target)),
                distances.Select(distance => (int)distance)
            );
        }
        Assert.Equal(3, graph.Distance(graph.Find("hub"), graph.Find("c7")));
        Assert.Equal(4, graph.Distance(graph.Find("hub"), graph.Find("d7")));
    }

    [Fact]
    public void ShortestPaths_OfVeryMany_AreFoundAsAskedFor()
    {
        var index = Index([
            .. Enumerable
                .Range(0, 2_000)
                .SelectMany(way => new[] { ("ann", $"w{way}"), ($"w{way}", "zoe") }),
        ]);
        var graph = index.Current;
        var asked = 0;
        var paths = graph.ShortestPaths(
            graph.Find("ann"),
            graph.Find("zoe"),
            _ =>
            {
                asked++;
                return true;
            }
        );
        Assert.Equal(3, paths.Take(3).Count());
        Assert.Equal(3, asked);
    }

    [Fact]
    public void AQuestionWhosePredicateThrows_LeavesNothingBehind()
    {
        var graph = Index(("ann", "bob"), ("bob", "cid"), ("ann", "dan"), ("dan", "eve")).Current;
        var ann = graph.Find("ann");
        var asked = 0;
        Predicate<int> breaks = _ => ++asked < 2 ? true : throw new TimeoutException();
        Assert.Throws<TimeoutException>(() => graph.FindSecondDegree(ann, breaks));
        asked = 0;
        Assert.Throws<TimeoutException>(() => graph.CountSecondDegree(ann, breaks));
        Assert.Equal(2, graph.FindSecondDegree(ann).Count);
        Assert.Equal(2, graph.CountSecondDegree(ann));
    }

    [Fact]
    public void RankSecondDegree_WithWeightsOutOfRange_IsRefused()
    {
        var graph = Index(("ann", "bob"), ("bob", "cid")).Current;
        foreach (var weight in new[] { -0.1, 2.1, double.NaN })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                graph.RankSecondDegree(graph.Find("ann"), _ => weight, [1], 0)
            );
        }
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            graph.RankSecondDegree(graph.Find("ann"), _ => 1, [], 0)
        );
    }

    [Fact]
    public async Task Readers_WhileChangesArrive_SeeEachBatchWholeOrNotAtAll()
    {
        // Each batch moves every one of many members from the one hub to the other, and adds one new member.
        const int Movers = 1_500;
        const int Batches = 150;
        var index = Index([.. Enumerable.Range(0, Movers).Select(mover => ($"m{mover}", "hub0"))]);
        var done = 0;
        var readers = Enumerable
            .Range(0, 3)
            .Select(_ =>
                Task.Run(() =>
                {
                    var seen = 0L;
                    while (Volatile.Read(ref done) == 0)
                    {
                        var graph = index.Current;
                        Assert.True(graph.Revision >= seen);
                        seen = graph.Revision;
                        int hub0 = graph.Find("hub0"),
                            hub1 = graph.Find("hub1");
                        Assert.Equal(Movers, graph.DegreeOf(hub0) + graph.DegreeOf(hub1));
                        Assert.True(graph.DegreeOf(hub0) == 0 || graph.DegreeOf(hub1) == 0);
                        Assert.Equal(Movers + seen, graph.Edges);
                        Assert.Equal(Movers + (2 * (int)seen) + 1, graph.ConnectedMembers);
                        Assert.Equal(-1, graph.Find($"new{seen + 1}"));
                        Assert.True(seen == 0 || graph.Find($"new{seen}") >= 0);
                        Assert.Equal(Movers - 1, graph.FindSecondDegree(graph.Find("m7")).Count);
                    }
                })
            )
            .ToArray();
        for (var batch = 1; batch <= Batches; batch++)
        {
            var (to, from) = ($"hub{batch % 2}", $"hub{(batch + 1) % 2}");
            var revision = batch * 10L;
            index.Apply(
                [
                    .. Enumerable
                        .Range(0, Movers)
                        .SelectMany(mover =>
                            new EdgeChange[]
                            {
                                new($"m{mover}", from, false, 0, revision),
                                new($"m{mover}", to, true, 0, revision),
                            }
                        ),
                    new($"new{batch}", $"other{batch}", true, 0, revision),
                ],
                batch
            );
            if (batch % 10 == 0)
            {
                index.Compact();
                index.Settle(revision);
            }
        }
        Volatile.Write(ref done, 1);
        await Task.WhenAll(readers);
    }

    private static GraphIndex Index(params (string, string)[] pairs)
    {
        var builder = new GraphBuilder();
        foreach (var (one, other) in pairs)
        {
            builder.Add(one, other, 0);
        }
        return builder.Build(revision: 0);
    }
}
