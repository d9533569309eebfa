using Platform.Common.V1;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>Changes of posts that are stored, but of which Redis cannot be told. No test waits until what is kept lapses by itself.</summary>
public sealed class UntoldChangesTests : IDisposable
{
    private readonly FeedHarness _feed;
    private readonly string _ann;
    private readonly string _ben;

    public UntoldChangesTests(GarnetFixture garnet)
    {
        _feed = new FeedHarness(garnet);
        _ann = _feed.Member("ann");
        _ben = _feed.Member("ben");
        _feed.Graph.Follow(_ann, _ben);
    }

    public void Dispose() => _feed.Dispose();

    [Fact]
    public async Task Update_CannotBeTold_IsRefusedAndAfterARepetitionNothingStaleIsShown()
    {
        var post = await PostAndReadAsync();
        FailTelling();

        await RefusedAsync(() => UpdateAsync(post.Id, "r1"));
        await RefusedAsync(() => UpdateAsync(post.Id, "r1"));

        Assert.Equal("after", (await _feed.Posts.GetAsync(post.Id, default))!.Text);
        HealTelling();
        var answer = await UpdateAsync(post.Id, "r1");
        // it was stored once
        Assert.Equal(("after", 2), (answer.Text, answer.Revision));
        Assert.Equal("after", (await EntryAsync()).Post.Text);
    }

    [Fact]
    public async Task Update_WithoutARequestIdCannotBeTold_IsToldByARepetition()
    {
        var post = await PostAndReadAsync();
        FailTelling();
        await RefusedAsync(() => UpdateAsync(post.Id, requestId: null));
        HealTelling();

        await UpdateAsync(post.Id, requestId: null);

        Assert.Equal("after", (await EntryAsync()).Post.Text);
    }

    [Fact]
    public async Task Delete_CannotBeTold_IsRefusedAndAfterARepetitionNotShown()
    {
        var post = await PostAndReadAsync();
        FailTelling();
        await RefusedAsync(() => DeleteAsync(post.Id));
        Assert.Null(await _feed.Posts.GetAsync(post.Id, default));
        HealTelling();

        await DeleteAsync(post.Id);

        Assert.Empty(await _feed.ReadAsync(_ann));
    }

    [Fact]
    public async Task Update_ChangesAnswerNobody_IsShownFromTheStoreThoughUntold()
    {
        var post = await PostAndReadAsync();
        _feed.BeforePostChanges = _ => throw Away();
        await RefusedAsync(() => UpdateAsync(post.Id, "r1"));

        Assert.Equal("after", (await EntryAsync()).Post.Text);
    }

    private async Task<Post> PostAndReadAsync()
    {
        var post = await _feed.PostAsync(_ben, "before");
        Assert.Equal("before", (await EntryAsync()).Post.Text);
        return post;
    }

    private async Task<FeedEntry> EntryAsync() => Assert.Single(await _feed.ReadAsync(_ann));

    private Task<Post> UpdateAsync(PostId id, string? requestId) =>
        _feed.PostsHandler.UpdateAsync(
            Actor,
            id,
            new PostEdit("after", null, requestId is null ? null : new RequestKey(requestId, "f")),
            default
        );

    private PostActor Actor => new(_ben, IsService: false);

    private Task DeleteAsync(PostId id) => _feed.PostsHandler.DeleteAsync(Actor, id, default);

    private void FailTelling() =>
        _feed.BeforePostChanges = name =>
        {
            if (name == nameof(IPostChanges.TellAsync))
            {
                throw Away();
            }
        };

    private void HealTelling() => _feed.BeforePostChanges = _ => { };

    private static async Task RefusedAsync(Func<Task> call) =>
        Assert.Equal(
            ErrorReason.StoreUnavailable,
            (await Assert.ThrowsAsync<DomainException>(call)).Reason
        );

    private static DomainException Away() => new(ErrorReason.StoreUnavailable, "away");
}
