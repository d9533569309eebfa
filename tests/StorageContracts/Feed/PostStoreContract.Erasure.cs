using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Feed;

public abstract partial class PostStoreContract
{
    [Fact]
    public async Task Delete_TakesThePostOutOfEverythingAndCancelsTheJob()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        var lease = await store.LeaseJobAsync(Start, Start + Lease, Token);
        Assert.True(await store.DeleteAsync(post.Id, Start, Token));
        Assert.False(await store.DeleteAsync(post.Id, Start, Token));
        Assert.Null(await store.GetAsync(post.Id, Token));
        Assert.Empty(await store.GetManyAsync([post.Id], Token));
        Assert.Empty(await store.ListByAuthorAsync(Ann, PostId.Newest, 9, true, Token));
        Assert.Empty(
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("a"), false)], 9, Token)
        );
        Assert.False(await store.CompleteJobAsync(lease!, default, false, Start, Token));
        var record = await store.GetRecordAsync(post.Id, Token);
        Assert.Equal(("", DeliveryState.Cancelled), (record!.Post.Text, record.Job.State));
        Assert.Equal(post.Id, await store.GetLargestIdAsync(Token));
        Assert.Empty((await store.ListUnpushedAsync(Start.AddYears(-1), 9, Token)).Open);
    }

    [Fact]
    public async Task Delete_AgainstTheFanOut_EitherIsCleanlyFirst()
    {
        var stores = Enumerable.Range(0, 3).Select(_ => Open()).ToList();
        for (var round = 0; round < 12; round++)
        {
            var post = await CreateAsync(stores[0], NewPost(Ann, "#a", tags: ["a"]));
            var lease = (await stores[1].LeaseJobAsync(Start, Start + Lease, Token))!;
            var counts = new DeliveryCounts(1, 1);
            Func<Task<bool>> work =
                round % 2 == 0
                    ? () => stores[1].CompleteJobAsync(lease, counts, false, Start, Token)
                    : () => stores[1].AdvanceJobAsync(lease, "1/x", counts, Start + Lease, Token);
            var done = await Race.RunAsync<bool>([
                work,
                () => stores[0].DeleteAsync(post.Id, Start, Token),
                () => stores[2].DeleteAsync(post.Id, Start, Token),
            ]);
            Assert.True(done[1] ^ done[2], "one of two deletions is the one that deletes");
            var record = (await Open().GetRecordAsync(post.Id, Token))!;
            Assert.Equal(("", Start), (record.Post.Text, record.DeleteTime));
            Assert.Equal(done[0] ? counts : default, record.Job.Counts);
            Assert.Equal(
                done[0] && round % 2 == 0 ? DeliveryState.Delivered : DeliveryState.Cancelled,
                record.Job.State
            );
            Assert.Null(await stores[0].LeaseJobAsync(Start + Lease, Start + 2 * Lease, Token));
            Assert.False(await stores[1].AdvanceJobAsync(lease, "2/", counts, Start, Token));
        }
    }

    [Fact]
    public async Task EraseAuthor_LeavesNoTrace()
    {
        var store = Open();
        for (var index = 0; index < 3; index++)
        {
            await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        }
        var kept = await CreateAsync(store, NewPost(Ben));
        Assert.Equal(2, await store.EraseAuthorAsync(Ann, 2, Token));
        Assert.Equal(1, await store.EraseAuthorAsync(Ann, 2, Token));
        Assert.Empty(
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("a"), false)], 9, Token)
        );
        Assert.NotNull(await store.GetAsync(kept.Id, Token));
    }

    [Fact]
    public async Task EraseAuthor_TwoAtOnce_NeitherEndsBeforeNothingIsLeft()
    {
        const int Posts = 30;
        var stores = Enumerable.Range(0, 2).Select(_ => Open()).ToList();
        for (var index = 0; index < Posts; index++)
        {
            await CreateAsync(stores[0], NewPost(Ann));
        }
        var erased = await Race.RunAsync(
            stores.Select<IPostStore, Func<Task<int>>>(store =>
                async () =>
                {
                    var all = 0;
                    int some;
                    do
                    {
                        some = await store.EraseAuthorAsync(Ann, 8, Token);
                        all += some;
                    } while (some == 8);
                    Assert.Empty(await store.ListByAuthorAsync(Ann, PostId.Newest, 9, true, Token));
                    return all;
                }
            )
        );
        Assert.Equal(Posts, erased.Sum());
        Assert.Null(await stores[0].GetLargestIdAsync(Token));
    }
}
