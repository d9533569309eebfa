using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.StorageContracts.Feed;

public abstract partial class PostStoreContract
{
    [Fact]
    public async Task Update_OtherAudienceAndTags_MovesThePostBetweenLists()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        PostSource[] strangers = [new(Ann, false), new(EntityRef.Hashtag("a"), true)];
        await ChangeAsync(1, PostAudience.Connections, "a");
        Assert.Empty(await store.ListRecentIdsAsync(strangers, 9, Token));
        Assert.Empty(await store.ListByAuthorAsync(Ann, PostId.Newest, 9, false, Token));
        Assert.Single(await store.ListRecentIdsAsync([new(Ann, true)], 9, Token));
        await ChangeAsync(2, PostAudience.Everyone);
        Assert.Empty(await store.ListRecentIdsAsync(strangers[1..], 9, Token));
        Assert.Empty((await store.GetAsync(post.Id, Token))!.Hashtags);
        await ChangeAsync(3, PostAudience.Everyone, "b", "a");
        Assert.Single(await store.ListRecentIdsAsync(strangers[1..], 9, Token));
        Assert.Equal(["b", "a"], (await store.GetAsync(post.Id, Token))!.Hashtags);

        async Task ChangeAsync(int revision, PostAudience audience, params string[] tags) =>
            Assert.Equal(
                UpdateStatus.Updated,
                await store.UpdateAsync(
                    post.Id,
                    revision,
                    new PostChange("text", tags, audience, Start, RestartDelivery: false),
                    null,
                    Token
                )
            );
    }

    [Fact]
    public async Task Update_SeveralAtOnce_OneWinsAndTheOthersAreStale()
    {
        var stores = Enumerable.Range(0, 3).Select(_ => Open()).ToList();
        var post = await CreateAsync(stores[0], NewPost(Ann));
        var statuses = await Race.RunAsync(
            9,
            n => stores[n % 3].UpdateAsync(post.Id, 1, Change($"text {n}"), null, Token)
        );
        var winner = Assert.Single(
            statuses.Select((status, n) => (status, n)),
            update => update.status == UpdateStatus.Updated
        );
        Assert.Equal(8, statuses.Count(status => status == UpdateStatus.Stale));
        var updated = await Open().GetAsync(post.Id, Token);
        Assert.Equal(($"text {winner.n}", 2), (updated!.Text, updated.Revision));
    }

    [Fact]
    public async Task Update_SameRequestIdAtOnce_IsDoneOnce()
    {
        var stores = Enumerable.Range(0, 3).Select(_ => Open()).ToList();
        var post = await CreateAsync(stores[0], NewPost(Ann));
        var key = new RequestKey("u", "f");
        var statuses = await Race.RunAsync(
            9,
            n => stores[n % 3].UpdateAsync(post.Id, 1, Change("once"), key, Token)
        );
        Assert.Single(statuses, status => status == UpdateStatus.Updated);
        Assert.Equal(8, statuses.Count(status => status == UpdateStatus.Repeated));
        Assert.Equal(2, (await Open().GetAsync(post.Id, Token))!.Revision);
    }

    [Fact]
    public async Task Update_ReplyLost_RepeatedOnAFreshStore_IsKnown()
    {
        var post = await CreateAsync(Open(), NewPost(Ann));
        var key = new RequestKey("u", "f");
        var dying = LostReplyProxy.Around(Open(), nameof(IPostStore.UpdateAsync));
        await Assert.ThrowsAsync<KilledException>(() =>
            dying.UpdateAsync(post.Id, 1, Change("once"), key, Token)
        );
        var store = Open();
        // the caller reads again before it repeats
        Assert.Equal(
            UpdateStatus.Repeated,
            await store.UpdateAsync(post.Id, 2, Change("once"), key, Token)
        );
        var updated = await store.GetAsync(post.Id, Token);
        Assert.Equal(("once", 2), (updated!.Text, updated.Revision));
    }

    [Fact]
    public async Task Update_UnknownOrDeletedPost_IsStale()
    {
        var store = Open();
        var key = new RequestKey("u", "f");
        var post = await CreateAsync(store, NewPost(Ann));
        await store.UpdateAsync(post.Id, 1, Change("text"), key, Token);
        await store.DeleteAsync(post.Id, Start, Token);
        foreach (var id in new[] { post.Id, new PostId(long.MaxValue) })
        {
            foreach (var request in new[] { key, null })
            {
                Assert.Equal(
                    UpdateStatus.Stale,
                    await store.UpdateAsync(id, 2, Change("text"), request, Token)
                );
            }
        }
    }

    [Fact]
    public async Task Update_OnlyFromTheExpectedRevision()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        var change = new PostChange(
            "#b",
            ["b"],
            PostAudience.Everyone,
            Start.AddMinutes(1),
            RestartDelivery: false
        );
        var key = new RequestKey("u", "f");
        Assert.Equal(UpdateStatus.Updated, await store.UpdateAsync(post.Id, 1, change, key, Token));
        Assert.Equal(UpdateStatus.Stale, await store.UpdateAsync(post.Id, 1, change, null, Token));
        Assert.Equal(
            UpdateStatus.Repeated,
            await store.UpdateAsync(post.Id, 1, change, key, Token)
        );
        Assert.Equal(
            UpdateStatus.RequestIdReused,
            await store.UpdateAsync(post.Id, 2, change, new RequestKey("u", "other"), Token)
        );
        var updated = await store.GetAsync(post.Id, Token);
        Assert.Equal(("#b", 2), (updated!.Text, updated.Revision));
        Assert.Empty(
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("a"), false)], 9, Token)
        );
        Assert.Single(
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("b"), false)], 9, Token)
        );
    }
}
