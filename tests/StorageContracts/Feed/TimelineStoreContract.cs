using Platform.Feed.Posts;
using Platform.Feed.Timelines;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>What <see cref="ITimelineStore"/> promises, for every engine.</summary>
public abstract class TimelineStoreContract
{
    protected const int Capacity = 20;

    private static readonly TimelineMark Mark = new(
        3,
        4,
        DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000)
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract ITimelineStore Store { get; }

    private string Member { get; } = $"m-{Guid.NewGuid():n}";

    [Fact]
    public async Task Push_NoTimeline_ReachesNobody()
    {
        Assert.Equal(0, await Store.PushAsync(new PostId(1), [Member], Token));
        Assert.Null(await Store.ReadAsync(Member, Token));
    }

    [Fact]
    public async Task Open_Twice_IsEmptyAndTakesPushes()
    {
        await Store.OpenAsync(Member, Token);
        Assert.Empty((await Store.ReadAsync(Member, Token))!.Entries);
        Assert.Equal(1, await Store.PushAsync(new PostId(7), [Member, Member + "x"], Token));
        await Store.OpenAsync(Member, Token);
        var timeline = await Store.ReadAsync(Member, Token);
        Assert.Equal([new PostId(7)], timeline!.Entries);
        Assert.Null(timeline.Mark);
    }

    [Fact]
    public async Task Replace_AsSeen_KeepsEntriesAndMark()
    {
        var seen = await OpenAsync();
        Assert.True(
            await Store.ReplaceAsync(Member, seen, [new PostId(9), new PostId(5)], Mark, Token)
        );
        var timeline = await Store.ReadAsync(Member, Token);
        Assert.Equal([new PostId(9), new PostId(5)], timeline!.Entries);
        Assert.Equal(Mark, timeline.Mark);
        Assert.True(await Store.ReplaceAsync(Member, timeline, [], Mark, Token));
        Assert.Empty((await Store.ReadAsync(Member, Token))!.Entries);
        Assert.Equal(1, await Store.PushAsync(new PostId(10), [Member], Token));
    }

    [Fact]
    public async Task Replace_PushedMeanwhileOrGone_ChangesNothing()
    {
        var seen = await OpenAsync();
        await Store.PushAsync(new PostId(7), [Member], Token);
        Assert.False(await Store.ReplaceAsync(Member, seen, [new PostId(9)], Mark, Token));
        var timeline = await Store.ReadAsync(Member, Token);
        Assert.Equal([new PostId(7)], timeline!.Entries);
        Assert.Null(timeline.Mark);
        await Store.DeleteAsync(Member, Token);
        Assert.False(await Store.ReplaceAsync(Member, timeline, [new PostId(9)], Mark, Token));
        Assert.Null(await Store.ReadAsync(Member, Token));
    }

    [Fact]
    public async Task Push_FullTimeline_KeepsTheNewestAndLittleMore()
    {
        await OpenAsync();
        for (var id = 1; id <= 5 * Capacity; id++)
        {
            await Store.PushAsync(new PostId(id), [Member], Token);
            var entries = (await Store.ReadAsync(Member, Token))!.Entries;
            Assert.InRange(
                entries.Count,
                Math.Min(id, Capacity),
                Capacity + TimelineKeys.TrimEvery
            );
            Assert.Equal(
                Enumerable.Range(0, Math.Min(id, Capacity)).Select(back => new PostId(id - back)),
                entries.Take(Math.Min(id, Capacity))
            );
        }
    }

    [Fact]
    public async Task Push_ManyMembersAndThePostTwice_ReachesAllAndMayDouble()
    {
        var members = Enumerable.Range(0, 1200).Select(index => $"{Member}-{index}").ToList();
        foreach (var member in members.Where((_, index) => index % 100 == 0))
        {
            await Store.OpenAsync(member, Token);
        }
        Assert.Equal(12, await Store.PushAsync(new PostId(long.MaxValue), members, Token));
        Assert.Equal(12, await Store.PushAsync(new PostId(long.MaxValue), members, Token));
        var timeline = await Store.ReadAsync(members[1100], Token);
        Assert.Equal([new PostId(long.MaxValue)], timeline!.Newest());
    }

    [Fact]
    public async Task Replace_RacingWithPushes_LosesNone()
    {
        await OpenAsync();
        var pushed = Enumerable.Range(1, Capacity - 1).Select(id => new PostId(id)).ToList();
        var pushing = Task.Run(
            async () =>
            {
                foreach (var id in pushed)
                {
                    await Store.PushAsync(id, [Member], Token);
                }
            },
            Token
        );
        while (!pushing.IsCompleted)
        {
            var seen = await Store.ReadAsync(Member, Token);
            await Store.ReplaceAsync(Member, seen!, seen!.Newest(), Mark, Token);
        }
        await pushing;
        Assert.Equal(pushed.OrderDescending(), (await Store.ReadAsync(Member, Token))!.Newest());
    }

    private async Task<Timeline> OpenAsync()
    {
        await Store.OpenAsync(Member, Token);
        return (await Store.ReadAsync(Member, Token))!;
    }
}
