using Microsoft.Extensions.Options;
using Platform.Feed.Sources;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

public sealed class CachedConnectionsTests
{
    private readonly FakeGraph _graph = new();
    private readonly ToldFacts<ConnectionFacts> _facts = NewFacts(100);
    private readonly List<string> _calls = [];
    private readonly CachedConnections _connections;

    // what happens while an answer is under way
    private Action _afterAnswer = () => { };

    public CachedConnectionsTests()
    {
        _connections = new CachedConnections(new SlowSource(this), _facts);
        _graph.Connect("ann", "ben");
        _facts.Begin();
    }

    [Fact]
    public async Task WhichConnected_AskedAgain_AsksForTheUnknownOnly()
    {
        Assert.Equal(["ben"], await AskAsync("ann", ["ben", "cid"]));
        Assert.Equal(["ben"], await AskAsync("ann", ["ben", "cid"]));
        _graph.Connect("ann", "dan");
        Assert.Equal(["ben", "dan"], (await AskAsync("ann", ["ben", "cid", "dan"])).Order());
        Assert.Equal(["ann: ben cid", "ann: dan"], _calls);
    }

    [Fact]
    public async Task WhichConnected_ChangeTold_AsksAgainForBothAndNobodyElse()
    {
        foreach (var viewer in new[] { "ann", "ben", "cid" })
        {
            await AskAsync(viewer, ["dan"]);
        }
        _calls.Clear();
        Tell("ann", "ben");
        foreach (var viewer in new[] { "ann", "ben", "cid" })
        {
            await AskAsync(viewer, ["dan"]);
        }
        Assert.Equal(["ann: dan", "ben: dan"], _calls);
    }

    [Fact]
    public async Task WhichConnected_ChangeWhileTheAnswerIsUnderWay_IsNotKept()
    {
        _afterAnswer = () =>
        {
            _graph.Disconnect("ann", "ben");
            Tell("ann", "ben");
        };
        Assert.Equal(["ben"], await AskAsync("ann", ["ben"]));
        _afterAnswer = () => { };
        Assert.Empty(await AskAsync("ann", ["ben"]));
    }

    [Fact]
    public async Task CountConnections_ChangeWhileTheAnswerIsUnderWay_IsNotKept()
    {
        _afterAnswer = () =>
        {
            _graph.Disconnect("ann", "ben");
            Tell("ann", "ben");
        };
        var before = await VersionAsync("ann");
        _afterAnswer = () => { };
        var after = await VersionAsync("ann");
        Assert.NotEqual(before, after);
        Assert.Equal(after, await VersionAsync("ann"));
        Assert.Equal(["version ann", "version ann"], _calls);
    }

    [Fact]
    public async Task WhichBlocked_KeptUntilAChangeIsTold()
    {
        _graph.Block("ann", "eve");
        for (var read = 0; read < 2; read++)
        {
            Assert.Equal(
                ["eve"],
                await _connections.WhichBlockedAsync("ann", ["cid", "eve"], "", default)
            );
        }
        _graph.Unblock("ann", "eve");
        Tell("ann", "eve");
        Assert.Empty(await _connections.WhichBlockedAsync("ann", ["cid", "eve"], "", default));
        Assert.Equal(["blocks ann: cid eve", "blocks ann: cid eve"], _calls);
    }

    [Fact]
    public async Task WhichConnected_RevisionPresented_AsksAndRenewsWhatIsKept()
    {
        await AskAsync("ann", ["ben"]);
        var before = await VersionAsync("ann");
        _graph.Disconnect("ann", "ben");
        Assert.Equal(["ben"], await AskAsync("ann", ["ben"]));
        Assert.Empty(await AskAsync("ann", ["ben"], "revision"));
        var after = await VersionAsync("ann", "revision");
        Assert.NotEqual(before, after);
        Assert.Empty(await AskAsync("ann", ["ben"]));
        Assert.Equal(after, await VersionAsync("ann"));
        Assert.Equal(4, _calls.Count);
    }

    [Fact]
    public async Task WhichConnected_ChangesNotTold_AsksEachTime()
    {
        await AskAsync("ann", ["ben"]);
        _facts.End();
        _graph.Disconnect("ann", "ben");
        Assert.Empty(await AskAsync("ann", ["ben"]));
        Assert.Empty(await AskAsync("ann", ["ben"]));
        Assert.Equal(3, _calls.Count);
        // nothing of before is there when they are told again
        _facts.Begin();
        Assert.Empty(await AskAsync("ann", ["ben"]));
        Assert.Equal(4, _calls.Count);
    }

    [Fact]
    public async Task WhichConnected_EverythingForgotten_AsksAgain()
    {
        await AskAsync("ann", ["ben"]);
        _facts.ForgetAll();
        await AskAsync("ann", ["ben"]);
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public async Task WhichConnected_MoreViewersThanAreKept_ForgetsThoseWhoDidNotReadLately()
    {
        var connections = new CachedConnections(new SlowSource(this), Begun(NewFacts(4)));
        foreach (var viewer in new[] { "a", "b", "a", "c", "a", "d", "a", "e" })
        {
            await connections.WhichConnectedAsync(viewer, ["x"], "", default);
        }
        Assert.Equal(["a: x", "b: x", "c: x", "d: x", "e: x"], _calls);
        await connections.WhichConnectedAsync("b", ["x"], "", default);
        Assert.Equal("b: x", _calls[^1]);
        Assert.Equal(6, _calls.Count);
    }

    [Fact]
    public async Task WhichConnected_NoViewersToBeKept_AsksEachTime()
    {
        var connections = new CachedConnections(new SlowSource(this), Begun(NewFacts(0)));
        await connections.WhichConnectedAsync("ann", ["ben"], "", default);
        await connections.WhichConnectedAsync("ann", ["ben"], "", default);
        Assert.Equal(2, _calls.Count);
    }

    private static ToldFacts<ConnectionFacts> NewFacts(int viewers) =>
        new(Options.Create(new SourceOptions { CachedViewers = viewers }));

    private static ToldFacts<ConnectionFacts> Begun(ToldFacts<ConnectionFacts> facts)
    {
        facts.Begin();
        return facts;
    }

    private Task<IReadOnlySet<string>> AskAsync(
        string viewer,
        string[] others,
        string revision = ""
    ) => _connections.WhichConnectedAsync(viewer, others, revision, default);

    private void Tell(string first, string second)
    {
        _facts.Forget(first);
        _facts.Forget(second);
    }

    private Task<long> VersionAsync(string viewer, string revision = "") =>
        _connections.GetConnectionsVersionAsync(viewer, revision, default);

    /// <summary>Notes what it is asked; something may happen between its answer and the asker's getting it.</summary>
    private sealed class SlowSource(CachedConnectionsTests test) : IConnectionsSource
    {
        public async Task<IReadOnlySet<string>> WhichConnectedAsync(
            string member,
            IReadOnlyCollection<string> others,
            string atLeastRevision,
            CancellationToken cancellationToken
        )
        {
            test._calls.Add($"{member}: {string.Join(' ', others)}");
            var answer = await test._graph.WhichConnectedAsync(
                member,
                others,
                atLeastRevision,
                cancellationToken
            );
            test._afterAnswer();
            return answer;
        }

        public async Task<IReadOnlySet<string>> WhichBlockedAsync(
            string member,
            IReadOnlyCollection<string> others,
            string atLeastRevision,
            CancellationToken cancellationToken
        )
        {
            test._calls.Add($"blocks {member}: {string.Join(' ', others)}");
            var answer = await test._graph.WhichBlockedAsync(
                member,
                others,
                atLeastRevision,
                cancellationToken
            );
            test._afterAnswer();
            return answer;
        }

        public async Task<long> GetConnectionsVersionAsync(
            string member,
            string atLeastRevision,
            CancellationToken cancellationToken
        )
        {
            test._calls.Add($"version {member}");
            var answer = await test._graph.GetConnectionsVersionAsync(
                member,
                atLeastRevision,
                cancellationToken
            );
            test._afterAnswer();
            return answer;
        }

        public IAsyncEnumerable<RecipientPage> StreamConnectionsAsync(
            string member,
            string cursor,
            int limit,
            CancellationToken cancellationToken
        ) => test._graph.StreamConnectionsAsync(member, cursor, limit, cancellationToken);
    }
}
