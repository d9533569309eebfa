using System.Diagnostics;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Tests.Feed.ApiTests.Mongo;

/// <summary>
/// Two replicas whose Redis ends and comes back with what it held, while posts are changed. What they keep of posts does not
/// lapse by itself here: only what is told can make them forget.
/// </summary>
public sealed class MongoRedisAwayTests(MongoFeedPlatform platform)
    : IClassFixture<MongoFeedPlatform>,
        IAsyncLifetime
{
    // several times the command timeout below, and yet one that a caller may have
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(8);

    private readonly string _ann = FeedPlatform.NewId("ann");
    private readonly string _ben = FeedPlatform.NewId("ben");
    private readonly TemporaryFolder _folder = new();
    private EmbeddedGarnet? _garnet;
    private RunningService[] _replicas = [];

    public async ValueTask InitializeAsync()
    {
        platform.SkipUnlessThere();
        _garnet = EmbeddedGarnet.Start(new EmbeddedGarnetOptions { DataFolder = _folder.Path });
        _replicas = [await StartAsync(), await StartAsync()];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
        if (_garnet is not null)
        {
            await _garnet.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task ChangesWhileRedisIsAway_AreRefusedAndHoldEverywhereOnceRepeated()
    {
        await platform.FollowAsync(_ann, _ben);
        // so that the list of changes is not empty, and comes back as it was
        await UpdateAsync(await PostAsync("r0"), "r0");
        var (edited, deleted) = (await PostAsync("r1"), await PostAsync("r2"));
        foreach (var replica in _replicas)
        {
            Assert.Equal(["text of r2", "text of r1", "changed"], await ReadAsync(replica));
        }

        var port = _garnet!.Port;
        await _garnet.DisposeAsync();
        await AssertUnavailableAsync(() => UpdateAsync(edited, "r1"));
        await AssertUnavailableAsync(() => DeleteAsync(deleted));
        await AssertUnavailableAsync(() => ReadAsync(_replicas[1]));
        _garnet = EmbeddedGarnet.Start(
            new EmbeddedGarnetOptions { DataFolder = _folder.Path, Port = port }
        );
        await ServeAgainAsync();

        var answer = await UpdateAsync(edited, "r1");
        await DeleteAsync(deleted);

        Assert.Equal("changed", answer.Post.Text);
        foreach (var replica in _replicas)
        {
            Assert.Equal(["changed", "changed"], await ReadAsync(replica));
        }
    }

    private Task<RunningService> StartAsync() =>
        platform.StartFeedAsync(
            new Dictionary<string, string?>
            {
                ["Redis:ConnectionString"] = _garnet!.ConnectionString,
                ["Redis:CommandTimeout"] = "00:00:02",
                ["Feed:Posts:CacheTime"] = "01:00:00",
            }
        );

    private PostsService.PostsServiceClient Posts => new(_replicas[0].As(_ben));

    private async Task<string> PostAsync(string requestId) =>
        (
            await Posts.CreatePostAsync(
                new CreatePostRequest { Text = $"text of {requestId}", RequestId = requestId }
            )
        )
            .Post
            .PostId;

    // the client library reads the real clock
    private static DateTime Due() => DateTime.UtcNow + Deadline;

    private async Task<UpdatePostResponse> UpdateAsync(string id, string requestId) =>
        await Posts.UpdatePostAsync(
            new UpdatePostRequest
            {
                PostId = id,
                Text = "changed",
                RequestId = requestId,
            },
            deadline: Due()
        );

    private async Task DeleteAsync(string id) =>
        await Posts.DeletePostAsync(new DeletePostRequest { PostId = id }, deadline: Due());

    private async Task<IEnumerable<string>> ReadAsync(RunningService replica)
    {
        var page = await new HomeFeedService.HomeFeedServiceClient(
            replica.As(_ann)
        ).ListHomeFeedAsync(new ListHomeFeedRequest(), deadline: Due());
        return page.Entries.Select(entry => entry.Post.Text);
    }

    private Task ServeAgainAsync() =>
        Eventually.HoldsAsync(
            "both replicas have found their Redis again",
            async () =>
            {
                try
                {
                    foreach (var replica in _replicas)
                    {
                        await ReadAsync(replica);
                    }
                    return true;
                }
                catch (RpcException refusal) when (refusal.StatusCode == StatusCode.Unavailable)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60)
        );

    private static async Task AssertUnavailableAsync(Func<Task> call)
    {
        var clock = Stopwatch.StartNew();
        var refusal = await Refusal.OfAsync(call);
        Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
        Assert.True(clock.Elapsed < Deadline, $"It took {clock.Elapsed}.");
    }
}
