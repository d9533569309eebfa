using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Feed.Posts;
using Platform.Feed.Timelines;
using Platform.Feed.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Benchmarks.Suites;

/// <summary>Fills follows and timelines straight into Redis, as the services keep them: what is measured is not the filling.</summary>
public sealed class FeedFill : IAsyncDisposable
{
    private const int AtOnce = 1_000;

    public FeedFill(string connectionString)
    {
        Redis = new RedisConnection(
            Options.Create(
                new RedisOptions
                {
                    ConnectionString = connectionString,
                    CommandTimeout = TimeSpan.FromMinutes(1),
                }
            ),
            NullLoggerFactory.Instance
        );
        Timelines = new RedisTimelineStore(
            Redis,
            Options.Create(TimelineOptions),
            TimeProvider.System
        );
    }

    public RedisConnection Redis { get; }

    public RedisTimelineStore Timelines { get; }

    public TimelineOptions TimelineOptions { get; } = new();

    public TimelineKeys TimelineKeys => new(Redis.KeyPrefix);

    /// <summary>Lets members follow others.</summary>
    public async Task FollowAsync(IReadOnlyCollection<(string Follower, string Followed)> follows)
    {
        var database = await Redis.GetDatabaseAsync();
        var keys = new FollowKeys(Redis.KeyPrefix);
        var following = follows.GroupBy(
            follow => keys.Following(follow.Follower, FollowKind.Member),
            follow => (RedisValue)follow.Followed
        );
        var followers = follows.GroupBy(
            follow => keys.Followers(Followable.Member(follow.Followed)),
            follow => (RedisValue)follow.Follower
        );
        foreach (var sets in following.Concat(followers).Chunk(AtOnce))
        {
            await Task.WhenAll(sets.Select(set => database.SetAddAsync(set.Key, [.. set])));
        }
    }

    /// <summary>Gives members a timeline, as if they had read lately.</summary>
    /// <param name="entries">How many old entries it has.</param>
    public async Task OpenAsync(IEnumerable<string> members, int entries)
    {
        var database = await Redis.GetDatabaseAsync();
        var start = PostId.Compose(1_000, 0, 0).Value;
        RedisValue[] values =
        [
            .. Enumerable.Range(0, entries).Select(index => (RedisValue)(start - index)),
        ];
        foreach (var some in members.Chunk(AtOnce))
        {
            await Task.WhenAll(
                some.Select(async member =>
                {
                    var key = TimelineKeys.Entries(member);
                    await database.ListRightPushAsync(
                        key,
                        entries == 0 ? [TimelineKeys.Placeholder] : values
                    );
                    await database.KeyExpireAsync(key, TimelineOptions.InactiveAfter);
                })
            );
        }
    }

    /// <summary>Lets members post, each as often.</summary>
    public static Task PostAsync(
        PostsService.PostsServiceClient posts,
        IEnumerable<string> authors,
        int each
    ) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, each).SelectMany(_ => authors),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (author, cancellationToken) =>
                await posts.CreatePostAsync(PostOf(author), cancellationToken: cancellationToken)
        );

    /// <summary>A post as people write them: some 200 characters.</summary>
    public static CreatePostRequest PostOf(string author) =>
        new()
        {
            MemberId = author,
            Text =
                "We moved the last of our old batch jobs to the new scheduler this week. Nobody noticed, which is the best "
                + "review that a migration can get. Notes on what we would do otherwise are in the comments.",
        };

    public ValueTask DisposeAsync() => Redis.DisposeAsync();
}
