using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.Feed.ApiTests.Mongo;

/// <summary>
/// MongoDB goes away and comes back while members post and posts are delivered. Callers are told UNAVAILABLE within their
/// deadline and repeat with their <c>request_id</c>; afterwards no acknowledged post is missing, none is doubled, and each
/// has been delivered.
/// </summary>
public sealed class MongoFaultTests : IAsyncLifetime
{
    private const int Authors = 4;

    // several times the command timeout below, and yet one that a caller may have
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(8);

    // a container of its own: others must not see it stop
    private readonly MongoContainer _mongo = new();
    private readonly MongoFeedPlatform _platform;
    private readonly string _reader = FeedPlatform.NewId("reader");
    private readonly string _ann = FeedPlatform.NewId("ann");

    public MongoFaultTests() =>
        _platform = new MongoFeedPlatform(_mongo) { CommandTimeout = "00:00:02" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _platform.InitializeAsync();
        _platform.SkipUnlessThere();
        await UntilServingAsync(_platform.Feed);
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _mongo.DisposeAsync();
    }

    [Fact]
    public async Task Restart_DuringPostsAndFanOut_LosesAndDoublesNothing() =>
        await PostWhileAsync(() => _mongo.RestartAsync(Cancel));

    [Fact]
    public async Task Pause_DuringPostsAndFanOut_LosesAndDoublesNothing() =>
        await PostWhileAsync(async () =>
        {
            await _mongo.PauseAsync(Cancel);
            // the length of the outage, and not something to wait for
            await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
            await _mongo.UnpauseAsync(Cancel);
        });

    [Fact]
    public async Task Pause_ReadsAndWrites_AreUnavailableWithinTheDeadline()
    {
        var first = await PostAsync(_ann, "r1");
        await _mongo.PauseAsync(Cancel);

        await AssertUnavailableAsync(options =>
            _platform
                .Posts(_ann)
                .GetPostAsync(new GetPostRequest { PostId = first.PostId }, options)
                .ResponseAsync
        );
        await AssertUnavailableAsync(options =>
            _platform
                .Home(_ann)
                .ListHomeFeedAsync(new ListHomeFeedRequest { PageSize = 10 }, options)
                .ResponseAsync
        );
        // it reaches the server, which does it once it goes on
        await AssertUnavailableAsync(options =>
            _platform.Posts(_ann).CreatePostAsync(RequestOf("r2"), options).ResponseAsync
        );
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(_platform.Feed));

        await _mongo.UnpauseAsync(Cancel);
        await UntilServingAsync(_platform.Feed);
        var second = await PostAsync(_ann, "r2");
        Assert.Equal([second.PostId, first.PostId], await PostsOfAsync(_ann));
        await UntilDeliveredAsync();
    }

    [Fact]
    public async Task Start_MongoDbAway_ServesOnceItAnswers()
    {
        var first = await PostAsync(_ann, "r1");
        await _mongo.PauseAsync(Cancel);
        await using var started = await _platform.StartFeedAsync();

        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(started));

        await _mongo.UnpauseAsync(Cancel);
        await UntilServingAsync(started);
        var second = await new PostsService.PostsServiceClient(started.As(_ann)).CreatePostAsync(
            RequestOf("r2")
        );
        Assert.Equal([second.Post.PostId, first.PostId], await PostsOfAsync(_ann));
    }

    private async Task PostWhileAsync(Func<Task> fault)
    {
        var authors = Enumerable
            .Range(0, Authors)
            .Select(n => FeedPlatform.NewId($"a{n}"))
            .ToList();
        foreach (var author in authors)
        {
            await _platform.FollowAsync(_reader, author);
        }
        // from here on the reader has a timeline that posts are pushed to
        Assert.Empty(await _platform.ReadAsync(_reader));
        var acknowledged = new ConcurrentBag<(string Author, string PostId)>();
        var refused = new ConcurrentBag<StatusCode>();
        using var enough = new CancellationTokenSource();
        var posting = authors
            .Select(author =>
                Task.Run(
                    async () =>
                    {
                        for (var number = 0; !enough.IsCancellationRequested; number++)
                        {
                            var post = await PostAsync(author, $"r{number}", refused);
                            acknowledged.Add((author, post.PostId));
                        }
                    },
                    Cancel
                )
            )
            .ToArray();
        await AcknowledgedAsync("posts before the fault", 20);

        await fault();

        await AcknowledgedAsync("posts after the fault", acknowledged.Count + 20);
        await enough.CancelAsync();
        await Task.WhenAll(posting);
        Assert.All(refused, code => Assert.Equal(StatusCode.Unavailable, code));
        await UntilDeliveredAsync();
        foreach (var author in authors)
        {
            Assert.Equal(
                acknowledged
                    .Where(post => post.Author == author)
                    .Select(post => post.PostId)
                    .OrderDescending(StringComparer.Ordinal),
                (await PostsOfAsync(author)).OrderDescending(StringComparer.Ordinal)
            );
        }
        // the reader's timeline holds the newest so many
        var feed = await FeedOfReaderAsync();
        Assert.Equal(
            acknowledged
                .Select(post => post.PostId)
                .OrderDescending(StringComparer.Ordinal)
                .Take(feed.Count),
            feed
        );
        Assert.True(feed.Count >= Math.Min(acknowledged.Count, 800), $"{feed.Count} entries");
        foreach (var (author, id) in acknowledged)
        {
            var status = await _platform
                .Posts(author)
                .GetDeliveryStatusAsync(new GetDeliveryStatusRequest { PostId = id });
            Assert.Equal(DeliveryState.Delivered, status.Status.State);
            // the author, who never read, and the reader
            Assert.Equal(
                (2L, 1L),
                (status.Status.RecipientsProcessed, status.Status.TimelinesReached)
            );
        }

        Task AcknowledgedAsync(string awaited, int count) =>
            Eventually.HoldsAsync(
                awaited,
                () => Task.FromResult(acknowledged.Count >= count),
                TimeSpan.FromSeconds(60)
            );
    }

    // repeats what was not acknowledged; a repetition of what was stored after all gets the first answer
    private async Task<Post> PostAsync(
        string author,
        string requestId,
        ConcurrentBag<StatusCode>? refused = null
    )
    {
        Post? post = null;
        await Eventually.HoldsAsync(
            $"a post of {author}",
            async () =>
            {
                try
                {
                    var response = await _platform
                        .Posts(author)
                        .CreatePostAsync(
                            RequestOf(requestId),
                            new CallOptions(deadline: DateTime.UtcNow + Deadline)
                        );
                    post = response.Post;
                    return true;
                }
                catch (RpcException refusal) when (refused is not null)
                {
                    refused.Add(refusal.StatusCode);
                    return false;
                }
            },
            TimeSpan.FromSeconds(60)
        );
        return post!;
    }

    private static CreatePostRequest RequestOf(string requestId) =>
        new() { Text = $"text of {requestId}", RequestId = requestId };

    private static async Task AssertUnavailableAsync(Func<CallOptions, Task> call)
    {
        var clock = Stopwatch.StartNew();
        var refusal = await Refusal.OfAsync(() =>
            call(new CallOptions(deadline: DateTime.UtcNow + Deadline))
        );
        Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.True(clock.Elapsed < Deadline, $"It took {clock.Elapsed}.");
    }

    private async Task<List<string>> PostsOfAsync(string author)
    {
        var ids = new List<string>();
        var request = new ListAuthorPostsRequest
        {
            Author = new Entity { Kind = EntityKind.Member, Id = author },
            PageSize = 100,
        };
        do
        {
            var page = await _platform.Posts(author).ListAuthorPostsAsync(request);
            ids.AddRange(page.Posts.Select(post => post.PostId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return ids;
    }

    private async Task<List<string>> FeedOfReaderAsync()
    {
        var ids = new List<string>();
        var request = new ListHomeFeedRequest { PageSize = 100 };
        do
        {
            var page = await _platform.Home(_reader).ListHomeFeedAsync(request);
            Assert.True(page.Completeness.Complete, page.Completeness.ToString());
            ids.AddRange(page.Entries.Select(entry => entry.Post.PostId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return ids;
    }

    // a lease that the outage interrupted lapses first
    private Task UntilDeliveredAsync() =>
        Eventually.HoldsAsync(
            "every post is delivered",
            async () =>
            {
                var status = await new FeedOperationsService.FeedOperationsServiceClient(
                    _platform.Feed.AsOperator()
                ).GetFanOutStatusAsync(new GetFanOutStatusRequest());
                return status.PendingPosts == 0;
            },
            TimeSpan.FromSeconds(90)
        );

    private static Task UntilServingAsync(RunningService service) =>
        Eventually.HoldsAsync(
            "the service serves",
            async () => await HealthAsync(service) == HealthStatus.Healthy,
            TimeSpan.FromSeconds(60)
        );

    private static async Task<HealthStatus> HealthAsync(RunningService service) =>
        (
            await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel)
        ).Status;
}
