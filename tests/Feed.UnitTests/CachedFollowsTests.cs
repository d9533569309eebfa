using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

public sealed class CachedFollowsTests
{
    private static readonly EntityRef Acme = new(EntityKind.Company, "acme");
    private static readonly EntityRef Ben = EntityRef.Member("ben");

    private readonly FakeGraph _graph = new();
    private readonly ToldFacts<FollowFacts> _facts = new(Options.Create(new SourceOptions()));
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)
    );
    private readonly CachedFollows _follows;

    public CachedFollowsTests()
    {
        _follows = new CachedFollows(_graph, _facts, _time);
        _graph.Follow("ann", Ben);
        _facts.Begin();
    }

    [Fact]
    public async Task Standings_AskedAgain_AsksForTheUnknownOnly()
    {
        for (var read = 0; read < 2; read++)
        {
            Assert.Equal([true], (await AskAsync("ann", Ben)).Select(s => s.Followed));
        }
        Assert.Equal(1, _graph.Calls);
        _graph.Follow("ann", Acme);
        Assert.Equal([true, true], (await AskAsync("ann", Ben, Acme)).Select(s => s.Followed));
        Assert.Equal(2, _graph.Calls);
    }

    [Fact]
    public async Task Standings_ChangeTold_AsksAgainForThatViewerOnly()
    {
        await AskAsync("ann", Ben);
        await AskAsync("cid", Ben);
        _graph.Unfollow("ann", Ben);
        _facts.Forget("ann");
        Assert.Equal([false], (await AskAsync("ann", Ben)).Select(s => s.Followed));
        await AskAsync("cid", Ben);
        Assert.Equal(3, _graph.Calls);
    }

    [Fact]
    public async Task Standings_RevisionPresented_AsksAndRenewsWhatIsKept()
    {
        await AskAsync("ann", Ben);
        var before = await _follows.GetFollowingVersionAsync("ann", "", default);
        _graph.Unfollow("ann", Ben);
        var asked = await _follows.StandingsAsync("ann", [Ben], "revision", default);
        Assert.False(asked[Ben].Followed);
        var after = await _follows.GetFollowingVersionAsync("ann", "revision", default);
        Assert.NotEqual(before, after);
        Assert.Equal([false], (await AskAsync("ann", Ben)).Select(s => s.Followed));
        Assert.Equal(after, await _follows.GetFollowingVersionAsync("ann", "", default));
        Assert.Equal(4, _graph.Calls);
    }

    [Fact]
    public async Task Standings_MuteThatEndsByItself_IsOverInTimeThoughNobodyTells()
    {
        _graph.Mute("ann", Ben, end: _time.GetUtcNow() + TimeSpan.FromMinutes(1));
        Assert.True((await AskAsync("ann", Ben))[0].Mutes(PostKind.Post));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False((await AskAsync("ann", Ben))[0].Mutes(PostKind.Post));
        Assert.Equal(1, _graph.Calls);
    }

    [Fact]
    public async Task Standings_ChangesNotTold_AsksEachTime()
    {
        _facts.End();
        await AskAsync("ann", Ben);
        await AskAsync("ann", Ben);
        Assert.Equal(2, _graph.Calls);
    }

    private async Task<List<FollowStanding>> AskAsync(string viewer, params EntityRef[] entities)
    {
        var standings = await _follows.StandingsAsync(viewer, entities, "", default);
        return [.. entities.Select(entity => standings[entity])];
    }
}
