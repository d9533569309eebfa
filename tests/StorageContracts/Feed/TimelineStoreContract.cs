using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Timelines;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>What <see cref="ITimelineStore"/> promises, on any engine. A subclass only says which.</summary>
public abstract class TimelineStoreContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimelineMark Mark = new(
        3,
        4,
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)
    );

    /// <summary>An empty store, alone on its keys.</summary>
    protected abstract ITimelineStore CreateStore(TimelineOptions options);

    [Fact]
    public async Task Read_Nothing_IsNull() =>
        Assert.Null(await CreateStore().ReadAsync("ann", None));

    [Fact]
    public async Task Open_Nothing_IsEmptyAndUnmarked()
    {
        var store = CreateStore();

        await store.OpenAsync("ann", None);

        var timeline = await ReadAsync(store, "ann");
        Assert.Empty(timeline.Entries);
        Assert.Null(timeline.Mark);
        Assert.Null(await store.ReadAsync("bob", None));
    }

    [Fact]
    public async Task Open_Existing_ChangesNothing()
    {
        var store = CreateStore();
        await BuildAsync(store, "ann", [7, 5]);

        await store.OpenAsync("ann", None);

        var timeline = await ReadAsync(store, "ann");
        Assert.Equal(Ids(7, 5), timeline.Entries);
        Assert.Equal(Mark, timeline.Mark);
    }

    [Fact]
    public async Task Push_SomeHaveATimeline_ReachesThoseAlone()
    {
        var store = CreateStore();
        await store.OpenAsync("ann", None);
        await BuildAsync(store, "bob", [5]);

        Assert.Equal(2, await store.PushAsync(new PostId(7), ["ann", "bob", "cid"], false, None));

        Assert.Equal(Ids(7), (await ReadAsync(store, "ann")).Entries);
        Assert.Equal(Ids(7, 5), (await ReadAsync(store, "bob")).Entries);
        Assert.Null(await store.ReadAsync("cid", None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Push_MoreThanABatch_ReachesAll(bool again)
    {
        var store = CreateStore();
        var members = Enumerable.Range(0, 1200).Select(number => $"m{number}").ToArray();
        await Task.WhenAll(members.Select(member => store.OpenAsync(member, None)));
        // the largest id there can be stays exact
        var post = new PostId(long.MaxValue);

        Assert.Equal(members.Length, await store.PushAsync(post, members, again, None));

        foreach (var member in members)
        {
            Assert.Equal([post], (await ReadAsync(store, member)).Entries);
        }
    }

    [Fact]
    public async Task Push_SamePostTwice_IsReadOnce()
    {
        var store = CreateStore();
        await BuildAsync(store, "ann", [5]);

        await store.PushAsync(new PostId(7), ["ann"], false, None);
        await store.PushAsync(new PostId(7), ["ann"], false, None);

        Assert.Equal(Ids(7, 5), (await ReadAsync(store, "ann")).Newest());
    }

    [Fact]
    public async Task Push_Again_AddsOnlyWhereItIsMissing()
    {
        var store = CreateStore();
        await BuildAsync(store, "ann", [5]);
        await BuildAsync(store, "bob", [5]);
        await store.PushAsync(new PostId(6), ["ann"], false, None);
        await store.PushAsync(new PostId(7), ["ann", "bob"], false, None);

        Assert.Equal(2, await store.PushAsync(new PostId(6), ["ann", "bob", "cid"], true, None));

        Assert.Equal(Ids(7, 6, 5), (await ReadAsync(store, "ann")).Entries);
        Assert.Equal(Ids(6, 7, 5), (await ReadAsync(store, "bob")).Entries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Push_BeyondTheCapacity_KeepsTheNewest(bool again)
    {
        var store = CreateStore(new TimelineOptions { Capacity = 20 });
        await store.OpenAsync("ann", None);
        for (var id = 1; id <= 100; id++)
        {
            await store.PushAsync(new PostId(id), ["ann"], again, None);

            var entries = (await ReadAsync(store, "ann")).Entries;
            var kept = Math.Min(id, 20);
            Assert.InRange(entries.Count, kept, 20 + TimelineKeys.TrimEvery);
            Assert.Equal(
                Enumerable.Range(0, kept).Select(back => new PostId(id - back)),
                entries.Take(kept)
            );
        }
    }

    [Fact]
    public async Task Replace_Unchanged_PutsEntriesAndMark()
    {
        var store = CreateStore();
        await store.OpenAsync("ann", None);
        var seen = await ReadAsync(store, "ann");

        Assert.True(await store.ReplaceAsync("ann", seen, Ids(9, 8), Mark, None));

        var timeline = await ReadAsync(store, "ann");
        Assert.Equal(Ids(9, 8), timeline.Entries);
        Assert.Equal(Mark, timeline.Mark);
    }

    [Fact]
    public async Task Replace_ByNothing_IsEmptyAndMarked()
    {
        var store = CreateStore();
        await BuildAsync(store, "ann", [5]);

        Assert.True(await store.ReplaceAsync("ann", await ReadAsync(store, "ann"), [], Mark, None));

        var timeline = await ReadAsync(store, "ann");
        Assert.Empty(timeline.Entries);
        Assert.Equal(Mark, timeline.Mark);
    }

    [Fact]
    public async Task Replace_MoreThanTheCapacity_KeepsTheFirst()
    {
        var store = CreateStore(new TimelineOptions { Capacity = 20 });
        var entries = Enumerable.Range(0, 50).Select(number => new PostId(100 - number)).ToArray();
        await store.OpenAsync("ann", None);

        await store.ReplaceAsync("ann", await ReadAsync(store, "ann"), entries, Mark, None);

        Assert.Equal(entries.Take(20), (await ReadAsync(store, "ann")).Entries);
    }

    [Fact]
    public async Task Replace_PushedMeanwhile_DoesNothing()
    {
        var store = CreateStore();
        await BuildAsync(store, "ann", [5]);
        var seen = await ReadAsync(store, "ann");
        await store.PushAsync(new PostId(7), ["ann"], false, None);

        Assert.False(await store.ReplaceAsync("ann", seen, Ids(6), Mark, None));

        Assert.Equal(Ids(7, 5), (await ReadAsync(store, "ann")).Entries);
    }

    [Fact]
    public async Task Replace_PushedAndTrimmedToTheSameLength_DoesNothing()
    {
        var store = CreateStore(new TimelineOptions { Capacity = 20 });
        await BuildAsync(store, "ann", [.. Enumerable.Range(1, 20).Reverse()]);
        var seen = await ReadAsync(store, "ann");
        for (var id = 21; id <= 20 + TimelineKeys.TrimEvery; id++)
        {
            await store.PushAsync(new PostId(id), ["ann"], false, None);
        }
        Assert.Equal(seen.Entries.Count, (await ReadAsync(store, "ann")).Entries.Count);

        Assert.False(await store.ReplaceAsync("ann", seen, Ids(6), Mark, None));
    }

    [Fact]
    public async Task Replace_DeletedMeanwhile_DoesNothing()
    {
        var store = CreateStore();
        await BuildAsync(store, "ann", [5]);
        var seen = await ReadAsync(store, "ann");
        await store.DeleteAsync("ann", None);

        Assert.False(await store.ReplaceAsync("ann", seen, Ids(6), Mark, None));

        Assert.Null(await store.ReadAsync("ann", None));
    }

    [Fact]
    public async Task Replace_RacingWithPushesAndAnotherBuilder_LosesNoPush()
    {
        var store = CreateStore();
        await store.OpenAsync("ann", None);
        var posts = Enumerable.Range(1, 200).Select(id => new PostId(id)).ToArray();
        var pushing = Task.Run(async () =>
        {
            foreach (var post in posts)
            {
                await store.PushAsync(post, ["ann"], false, None);
            }
        });
        var building = Enumerable
            .Range(0, 2)
            .Select(builder =>
                Task.Run(async () =>
                {
                    while (!pushing.IsCompleted)
                    {
                        var seen = await ReadAsync(store, "ann");
                        await store.ReplaceAsync(
                            "ann",
                            seen,
                            seen.Newest(),
                            Mark with
                            {
                                Following = builder,
                            },
                            None
                        );
                    }
                })
            );

        await Task.WhenAll([pushing, .. building]);

        Assert.Equal(posts.Reverse(), (await ReadAsync(store, "ann")).Newest());
    }

    [Fact]
    public async Task Delete_Existing_IsGoneAndGetsNoPush()
    {
        var store = CreateStore();
        await BuildAsync(store, "ann", [5]);

        await store.DeleteAsync("ann", None);
        await store.DeleteAsync("bob", None);

        Assert.Equal(0, await store.PushAsync(new PostId(7), ["ann"], false, None));
        Assert.Null(await store.ReadAsync("ann", None));
        await store.OpenAsync("ann", None);
        Assert.Null((await ReadAsync(store, "ann")).Mark);
    }

    [Fact]
    public async Task Push_NotReadForLong_DoesNotKeepTheTimeline()
    {
        var store = CreateStore(new TimelineOptions { InactiveAfter = TimeSpan.FromSeconds(1) });
        await BuildAsync(store, "ann", [5]);

        await Eventually.HoldsAsync(
            "a push finds no timeline any more",
            async () => await store.PushAsync(new PostId(7), ["ann"], false, None) == 0
        );

        Assert.Null(await store.ReadAsync("ann", None));
    }

    [Fact]
    public async Task ReadHeads_SomeHaveATimeline_AreWhatWasPushedLast()
    {
        var store = CreateStore();
        await BuildAsync(store, "ann", [7, 5]);
        await store.OpenAsync("bob", None);
        await store.PushAsync(new PostId(6), ["ann"], false, None);

        Assert.Equal(Ids(0, 6, 0), await store.ReadHeadsAsync(["bob", "ann", "cid"], None));
        Assert.Empty(await store.ReadHeadsAsync([], None));
    }

    [Fact]
    public async Task ReadHeads_MoreThanABatch_AreInOrder()
    {
        var store = CreateStore();
        var members = Enumerable.Range(1, 1200).Select(number => $"m{number}").ToArray();
        await Task.WhenAll(members.Select(member => store.OpenAsync(member, None)));
        foreach (var number in new[] { 1, 600, 1200 })
        {
            await store.PushAsync(new PostId(number), [$"m{number}"], false, None);
        }

        var heads = await store.ReadHeadsAsync(members, None);

        Assert.Equal(Ids(1, 600, 1200), heads.Where(head => head != default));
        Assert.Equal(new PostId(600), heads[599]);
    }

    [Fact]
    public async Task Inspect_NotReadForLong_DoesNotKeepTheTimeline()
    {
        var store = CreateStore(new TimelineOptions { InactiveAfter = TimeSpan.FromSeconds(3) });
        await BuildAsync(store, "ann", [5, 5]);

        var timeline = await store.InspectAsync("ann", None);

        Assert.NotNull(timeline);
        Assert.Equal(Ids(5, 5), timeline.Entries);
        Assert.Equal(Mark, timeline.Mark);
        await Eventually.HoldsAsync(
            "a timeline that is inspected all the time is gone",
            async () => await store.InspectAsync("ann", None) is null
        );
    }

    [Fact]
    public async Task ListOwners_PartByPart_AreAllWhoHaveATimeline()
    {
        var store = CreateStore();
        Assert.Empty(await OwnersAsync(store));
        var members = Enumerable.Range(0, 1000).Select(number => $"m.{number}-_").ToArray();
        await Task.WhenAll(members.Select(member => store.OpenAsync(member, None)));
        await BuildAsync(store, "ann", [5]);
        await store.DeleteAsync("m.7-_", None);

        Assert.Equal(
            members.Except(["m.7-_"]).Append("ann").Order(StringComparer.Ordinal),
            (await OwnersAsync(store)).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("nonsense", ErrorReason.InvalidCursor)]
    [InlineData("-1@127.0.0.1:1", ErrorReason.InvalidCursor)]
    [InlineData("7@192.0.2.1:6379", ErrorReason.CursorExpired)]
    public async Task ListOwners_CursorOfElsewhere_IsRefused(string cursor, ErrorReason reason)
    {
        var refusal = await Assert.ThrowsAsync<DomainException>(() =>
            CreateStore().ListOwnersAsync(cursor, None)
        );
        Assert.Equal(reason, refusal.Reason);
    }

    private static async Task<List<string>> OwnersAsync(ITimelineStore store)
    {
        var owners = new List<string>();
        var cursor = "";
        do
        {
            var part = await store.ListOwnersAsync(cursor, None);
            owners.AddRange(part.Members);
            cursor = part.NextCursor;
        } while (cursor.Length > 0);
        return owners;
    }

    private ITimelineStore CreateStore() => CreateStore(new TimelineOptions());

    private static PostId[] Ids(params int[] ids) => Array.ConvertAll(ids, id => new PostId(id));

    private static async Task<Timeline> ReadAsync(ITimelineStore store, string member)
    {
        var timeline = await store.ReadAsync(member, None);
        Assert.NotNull(timeline);
        return timeline;
    }

    private static async Task BuildAsync(ITimelineStore store, string member, int[] ids)
    {
        await store.OpenAsync(member, None);
        Assert.True(
            await store.ReplaceAsync(member, await ReadAsync(store, member), Ids(ids), Mark, None)
        );
    }
}
