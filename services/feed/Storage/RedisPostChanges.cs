using System.Buffers.Text;
using System.Security.Cryptography;
using Platform.Feed.Posts;
using Platform.Feed.Timelines;
using Platform.Storage.Redis;

namespace Platform.Feed.Storage;

/// <summary>The changes in one Redis list; <see cref="TimelineKeys"/> has the schema.</summary>
public sealed class RedisPostChanges(RedisConnection redis) : IPostChanges
{
    // a replica that has missed more forgets all posts
    private const int Kept = 500;

    private const int NameBytes = 9;

    private readonly TimelineKeys _keys = new(redis.KeyPrefix);

    public Task TellAsync(PostId? post, CancellationToken cancellationToken)
    {
        var name = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NameBytes));
        return redis.RunAsync(
            async database =>
            {
                var batch = database.CreateBatch();
                var push = batch.ListLeftPushAsync(_keys.PostChanges, $"{name}.{post}");
                var trim = batch.ListTrimAsync(_keys.PostChanges, 0, Kept - 1);
                batch.Execute();
                await Task.WhenAll(push, trim);
                return true;
            },
            cancellationToken
        );
    }

    public Task<string?> GetLatestAsync(CancellationToken cancellationToken) =>
        redis.RunAsync<string?>(
            async database => await database.ListGetByIndexAsync(_keys.PostChanges, 0),
            cancellationToken
        );

    public Task<IReadOnlyList<(string Name, PostId? Post)>> ListAsync(
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync<IReadOnlyList<(string Name, PostId? Post)>>(
            async database =>
                [
                    .. (await database.ListRangeAsync(_keys.PostChanges)).Select(value =>
                        Read($"{value}")
                    ),
                ],
            cancellationToken
        );

    private static (string Name, PostId? Post) Read(string entry) =>
        (
            entry,
            PostId.TryParse(entry[(entry.IndexOf('.', StringComparison.Ordinal) + 1)..], out var id)
                ? id
                : null
        );
}
