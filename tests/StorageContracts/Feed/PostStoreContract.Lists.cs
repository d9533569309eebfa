using Platform.Feed.Posts;
using Platform.Feed.Storage;

namespace Platform.Tests.StorageContracts.Feed;

public abstract partial class PostStoreContract
{
    [Fact]
    public async Task GetMany_DoubledUnknownAndDeletedIds_EachPostOnce()
    {
        var store = Open();
        var first = await CreateAsync(store, NewPost(Ann));
        var second = await CreateAsync(store, NewPost(Ben));
        var deleted = await CreateAsync(store, NewPost(Ben));
        await store.DeleteAsync(deleted.Id, Start, Token);
        var found = await store.GetManyAsync(
            [second.Id, first.Id, second.Id, deleted.Id, new PostId(long.MaxValue)],
            Token
        );
        Assert.Equal([first.Id, second.Id], found.Select(post => post.Id).Order());
        Assert.Empty(await store.GetManyAsync([], Token));
    }

    [Fact]
    public async Task ListByAuthor_Pages_NewestFirstOfWhatMayBeSeen()
    {
        var store = Open();
        var first = await CreateAsync(store, NewPost(Ann));
        var hidden = await CreateAsync(store, NewPost(Ann, audience: PostAudience.Connections));
        await CreateAsync(store, NewPost(Ben));
        var last = await CreateAsync(store, NewPost(Ann));
        Assert.Equal([last.Id, first.Id], await IdsAsync(PostId.Newest, 10, false));
        Assert.Equal([last.Id, hidden.Id], await IdsAsync(PostId.Newest, 2, true));
        Assert.Equal([first.Id], await IdsAsync(hidden.Id, 10, true));

        async Task<IEnumerable<PostId>> IdsAsync(PostId before, int limit, bool all) =>
            (await store.ListByAuthorAsync(Ann, before, limit, all, Token)).Select(post => post.Id);
    }

    [Fact]
    public async Task ListRecentIds_ManySources_TheNewestOfAllTogetherEachOnce()
    {
        var store = Open();
        var ids = new List<PostId>();
        for (var index = 0; index < 12; index++)
        {
            var author = index % 3 == 0 ? Ann : Ben;
            ids.Insert(0, (await CreateAsync(store, NewPost(author, "#t", tags: ["t"]))).Id);
        }
        var hidden = await CreateAsync(store, NewPost(Ben, "#t", PostAudience.Connections, ["t"]));
        PostSource tag = new(EntityRef.Hashtag("t"), false);
        Assert.Equal(ids.Take(5), await RecentAsync(5, new(Ann, false), new(Ben, false), tag));
        Assert.Equal(ids, await RecentAsync(99, tag));
        Assert.Equal(
            ids.Prepend(hidden.Id).Take(2),
            await RecentAsync(2, new(Ann, true), new(Ben, true))
        );
        Assert.Empty(await RecentAsync(5));

        Task<IReadOnlyList<PostId>> RecentAsync(int limit, params PostSource[] sources) =>
            store.ListRecentIdsAsync(sources, limit, Token);
    }

    [Fact]
    public async Task ListRecentIds_MoreSourcesThanOneQueryTakes_AreTheNewestOfAll()
    {
        var store = Open();
        var authors = Enumerable.Range(0, 900).Select(n => EntityRef.Member($"m{n}")).ToList();
        // mixed, so that every batch has some of the newest
        var posts = new List<Post>();
        foreach (var author in Enumerable.Range(0, 60).Select(n => authors[n * 37 % 60 * 15]))
        {
            posts.Add(await CreateAsync(store, NewPost(author)));
            posts.Add(
                await CreateAsync(store, NewPost(author, audience: PostAudience.Connections))
            );
            await CreateAsync(store, NewPost(Ben, audience: PostAudience.Connections));
        }
        foreach (var limit in new[] { 1, 10, 1000 })
        {
            Assert.Equal(
                posts.Select(post => post.Id).OrderDescending().Take(limit),
                await RecentAsync(_ => true, limit)
            );
            Assert.Equal(
                posts
                    .Where(post => post.Audience == PostAudience.Everyone)
                    .Select(post => post.Id)
                    .OrderDescending()
                    .Take(limit),
                await RecentAsync(_ => false, limit)
            );
        }

        Task<IReadOnlyList<PostId>> RecentAsync(Func<EntityRef, bool> close, int limit) =>
            store.ListRecentIdsAsync(
                [
                    .. authors
                        .Append(Ben)
                        .Select(author => new PostSource(author, close(author) && author != Ben)),
                ],
                limit,
                Token
            );
    }
}
