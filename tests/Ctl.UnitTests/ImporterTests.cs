using CsCheck;
using Platform.Common.V1;
using Platform.Ctl.Import;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

public sealed class ImporterTests
{
    private readonly PairBook _book = new();
    private readonly SilentProgressView _progress = new();

    [Fact]
    public async Task Run_EmptyPlatform_ConnectsEveryEdge()
    {
        var (summary, _) = await RunAsync(new FakeConnectionGraph(_book), "a b\nb c\nc a\n");

        Assert.Equal(3, summary.Members);
        Assert.Equal(3, summary.ConnectedNow);
        Assert.Equal(0, summary.AlreadyThere);
        Assert.Equal(0, summary.FinishedPending);
        Assert.Empty(summary.Errors);
        Assert.Equal(["b", "c"], _book.ConnectionsOf("a"));
        Assert.Equal((3, 3), _progress.Phases["checking"]);
        Assert.Equal((3, 3), _progress.Phases["connecting"]);
    }

    [Fact]
    public async Task Run_Again_ChangesNothing()
    {
        await RunAsync(new FakeConnectionGraph(_book), "a b\nb c\n", run: "one");
        var mutations = _book.Mutations;

        var (summary, _) = await RunAsync(new FakeConnectionGraph(_book), "a b\nb c\n", run: "two");

        Assert.Equal(2, summary.AlreadyThere);
        Assert.Equal(0, summary.ConnectedNow);
        Assert.Equal(mutations, _book.Mutations);
    }

    [Fact]
    public async Task Run_AfterARemoval_ConnectsThatEdgeAnew()
    {
        await RunAsync(new FakeConnectionGraph(_book), "a b\nb c\n", run: "one");
        _book.Remove("a", "b");

        var (summary, _) = await RunAsync(new FakeConnectionGraph(_book), "a b\nb c\n", run: "two");

        Assert.Equal(1, summary.ConnectedNow);
        Assert.Equal(["b"], _book.ConnectionsOf("a"));
    }

    [Fact]
    public async Task Run_HalfDoneInvitations_AreAcceptedFromTheRightSide()
    {
        _book.Invite("a", "b");
        _book.Invite("c", "b");

        var (summary, _) = await RunAsync(new FakeConnectionGraph(_book), "a b\nb c\n");

        Assert.Equal(2, summary.ConnectedNow);
        Assert.Equal(2, summary.FinishedPending);
        Assert.Empty(summary.Errors);
        Assert.Equal(["a", "c"], _book.ConnectionsOf("b"));
    }

    [Fact]
    public async Task Run_SomebodyInvitesBetweenCheckAndInvite_IsConnectedAllTheSame()
    {
        var graph = new FakeConnectionGraph(_book);
        graph.Before = (name, _) =>
        {
            if (name == "invite" && _book.Mutations == 0)
            {
                _book.Invite("a", "b");
            }
        };

        var (summary, _) = await RunAsync(graph, "a b\n");

        Assert.Equal(1, summary.ConnectedNow);
        Assert.Equal(1, summary.FinishedPending);
        Assert.Equal(["b"], _book.ConnectionsOf("a"));
    }

    [Fact]
    public async Task Run_SomebodyConnectsBetweenCheckAndInvite_CountsAsAlreadyThere()
    {
        var graph = new FakeConnectionGraph(_book);
        graph.Before = (name, _) =>
        {
            if (name == "invite" && _book.Mutations == 0)
            {
                _book.Accept("b", _book.Invite("a", "b").InvitationId);
            }
        };

        var (summary, _) = await RunAsync(graph, "a b\n");

        Assert.Equal(1, summary.AlreadyThere);
        Assert.Empty(summary.Errors);
    }

    [Fact]
    public async Task Run_RefusedEdges_AreCountedByReasonAndTheRestIsDone()
    {
        var graph = new FakeConnectionGraph(_book)
        {
            Before = (name, number) =>
            {
                if (name == "invite" && number % 2 == 0)
                {
                    throw Refusals.Of(ErrorReason.CoolDown, "not before next week");
                }
            },
        };

        var (summary, importer) = await RunAsync(graph, "a b\na c\na d\na e\n", concurrency: 1);

        Assert.Null(importer.EndedBy);
        var error = Assert.Single(summary.Errors);
        Assert.Equal("COOL_DOWN", error.Reason);
        Assert.Equal("not before next week", error.Example);
        Assert.Equal(summary.Failed, error.Count);
        Assert.Equal(4, summary.ConnectedNow + summary.Failed);
        Assert.True(summary.ConnectedNow > 0);
    }

    [Fact]
    public async Task Run_AnswersGetLost_RepeatsWithTheSameRequestIdAndConnectsAll()
    {
        var graph = new FakeConnectionGraph(_book)
        {
            After = (_, number) =>
            {
                if (number % 3 == 0)
                {
                    throw Refusals.Unreachable();
                }
            },
        };

        var (summary, _) = await RunAsync(graph, "a b\nb c\nc d\nd a\na c\n");

        Assert.Equal(5, summary.ConnectedNow);
        Assert.Empty(summary.Errors);
        Assert.True(summary.Retries > 0);
        // Two mutations an edge, none of them twice.
        Assert.Equal(10, _book.Mutations);
    }

    [Fact]
    public async Task Run_GatewayGoesAway_EndsInsteadOfTryingEveryEdge()
    {
        var edges = string.Concat(Enumerable.Range(1, 500).Select(i => $"hub m{i}\n"));
        var graph = new FakeConnectionGraph(_book)
        {
            Before = (_, number) =>
            {
                if (number > 100)
                {
                    throw Refusals.Unreachable();
                }
            },
        };

        var (summary, importer) = await RunAsync(graph, edges, concurrency: 4);

        Assert.NotNull(importer.EndedBy);
        Assert.False(summary.Interrupted);
        Assert.True(summary.NotTried > 400, $"{summary.NotTried} not tried");
        Assert.Equal(
            summary.Edges,
            summary.ConnectedNow + summary.AlreadyThere + summary.Failed + summary.NotTried
        );
    }

    [Fact]
    public async Task Run_TokenRefused_EndsAtOnce()
    {
        var graph = new FakeConnectionGraph(_book)
        {
            Before = (_, _) => throw Refusals.Of(ErrorReason.ActingForAnother),
        };

        var (_, importer) = await RunAsync(
            graph,
            string.Concat(Enumerable.Range(1, 500).Select(i => $"m{i} hub\n")),
            concurrency: 1
        );

        Assert.NotNull(importer.EndedBy);
        Assert.Equal(1, graph.Calls);
    }

    /// <summary>Stopped after any number of calls, wherever in an edge that is, the next run does the rest.</summary>
    [Fact]
    public void Run_StoppedAnywhereThenRunAgain_EndsWithExactlyTheFile()
    {
        var edges = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6]).Where(p => p.Item1 != p.Item2).List[
            1,
            20
        ];
        Gen.Select(edges, Gen.Int[1, 40], Gen.Int[1, 4])
            .Sample(
                (pairs, stopAfter, concurrency) =>
                {
                    var book = new PairBook();
                    var text = string.Concat(pairs.Select(p => $"m{p.Item1} m{p.Item2}\n"));
                    using var stop = new CancellationTokenSource();
                    var first = new FakeConnectionGraph(book);
                    first.After = (_, number) =>
                    {
                        if (number >= stopAfter)
                        {
                            stop.Cancel();
                        }
                    };

                    var (stopped, _) = RunAsync(first, text, concurrency, "one", stop.Token)
                        .GetAwaiter()
                        .GetResult();
                    var (finished, _) = RunAsync(
                            new FakeConnectionGraph(book),
                            text,
                            concurrency,
                            "two"
                        )
                        .GetAwaiter()
                        .GetResult();

                    Assert.Equal(
                        stopped.Edges,
                        stopped.ConnectedNow
                            + stopped.AlreadyThere
                            + stopped.Failed
                            + stopped.NotTried
                    );
                    Assert.Equal(0, stopped.Failed);
                    Assert.Equal(0, finished.NotTried + finished.Failed);
                    Assert.Equal(stopped.ConnectedNow, finished.AlreadyThere);
                    // An invitation and an acceptance an edge, over both runs together.
                    Assert.Equal(2 * finished.Edges, book.Mutations);
                },
                iter: 200
            );
    }

    private async Task<(ImportSummary Summary, Importer Importer)> RunAsync(
        FakeConnectionGraph graph,
        string edges,
        int concurrency = 8,
        string run = "run",
        CancellationToken stop = default
    )
    {
        var list = await EdgeListParser.ParseAsync(
            new StringReader(edges),
            TestContext.Current.CancellationToken
        );
        var importer = new Importer(graph, _progress, new ImmediateTimeProvider());
        return (await importer.RunAsync(list, run, concurrency, stop), importer);
    }
}
