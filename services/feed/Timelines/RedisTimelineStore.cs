using System.Globalization;
using Microsoft.Extensions.Options;
using Platform.Feed.Posts;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Feed.Timelines;

/// <summary>Timelines in Redis, standalone or Cluster, or Garnet; <see cref="TimelineKeys"/> has the schema.</summary>
public sealed partial class RedisTimelineStore(
    RedisConnection redis,
    IOptions<TimelineOptions> options,
    TimeProvider time
) : ITimelineStore
{
    // about what one write to the socket carries; more in a batch gains nothing
    private const int PushesPerBatch = 500;

    // so that neither this process nor Redis waits for the other; what stands before the commands of a reader is short all the same
    private const int BatchesInFlight = 4;

    // in the place of a list's length: the post was there
    private const long Present = -1;

    private readonly TimelineKeys _keys = new(redis.KeyPrefix);
    private readonly int _capacity = options.Value.Capacity;
    private readonly TimeSpan _life = options.Value.InactiveAfter;

    // a write with every read would cost more than the read
    private readonly TimeSpan _keepAliveEvery = options.Value.InactiveAfter / 30;

    public Task<Timeline?> ReadAsync(string member, CancellationToken cancellationToken) =>
        redis.RunAsync(
            async database =>
            {
                var key = _keys.Entries(member);
                var markKey = _keys.Mark(member);
                if (
                    Remembered(member) is { } remembered
                    && await IsStillSoAsync(database, key, markKey, remembered)
                )
                {
                    return remembered.Timeline;
                }
                var batch = database.CreateBatch();
                var entries = batch.ListRangeAsync(key);
                var mark = batch.StringGetAsync(markKey);
                var left = batch.KeyTimeToLiveAsync(key);
                batch.Execute();
                var values = await entries;
                if (values.Length == 0)
                {
                    return null;
                }
                if (await left is not { } life || life < _life - _keepAliveEvery)
                {
                    await KeepAliveAsync(database, key, markKey);
                }
                var timeline = ToTimeline(values, await mark);
                Remember(member, values, $"{await mark}", timeline);
                return timeline;
            },
            cancellationToken
        );

    public Task OpenAsync(string member, CancellationToken cancellationToken) =>
        redis.RunAsync(
            async database =>
            {
                var key = _keys.Entries(member);
                var transaction = database.CreateTransaction();
                transaction.AddCondition(Condition.KeyNotExists(key));
                var all = Task.WhenAll(
                    transaction.KeyDeleteAsync(_keys.Mark(member)),
                    transaction.ListLeftPushAsync(key, TimelineKeys.Placeholder),
                    transaction.KeyExpireAsync(key, _life)
                );
                return await ExecuteAsync(transaction, all);
            },
            cancellationToken
        );

    public Task<bool> ReplaceAsync(
        string member,
        Timeline seen,
        IReadOnlyList<PostId> entries,
        TimelineMark mark,
        CancellationToken cancellationToken
    )
    {
        // its length may be another by a trim, of which the head says nothing; whoever replaces compares that too
        Forget(member);
        return redis.RunAsync(
            async database =>
            {
                var key = _keys.Entries(member);
                var version = seen.Version.Split(':');
                var values =
                    entries.Count == 0
                        ? [TimelineKeys.Placeholder]
                        : entries
                            .Take(_capacity)
                            .Select(entry => (RedisValue)entry.Value)
                            .ToArray();
                var transaction = database.CreateTransaction();
                transaction.AddCondition(
                    Condition.ListLengthEqual(
                        key,
                        long.Parse(version[0], CultureInfo.InvariantCulture)
                    )
                );
                transaction.AddCondition(Condition.ListIndexEqual(key, 0, version[1]));
                var all = Task.WhenAll(
                    transaction.KeyDeleteAsync(key),
                    transaction.ListRightPushAsync(key, values),
                    transaction.KeyExpireAsync(key, _life),
                    transaction.StringSetAsync(_keys.Mark(member), mark.ToString(), _life)
                );
                return await ExecuteAsync(transaction, all);
            },
            cancellationToken
        );
    }

    public Task<int> PushAsync(
        PostId post,
        IReadOnlyList<string> members,
        bool again,
        CancellationToken cancellationToken
    ) =>
        again
            ? PushAgainAsync(post, members, cancellationToken)
            : PushOnceAsync(post, members, cancellationToken);

    public Task DeleteAsync(string member, CancellationToken cancellationToken) =>
        redis.RunAsync(
            database => database.KeyDeleteAsync([_keys.Entries(member), _keys.Mark(member)]),
            cancellationToken
        );

    private async Task<int> PushOnceAsync(
        PostId post,
        IReadOnlyList<string> members,
        CancellationToken cancellationToken
    )
    {
        var reached = 0;
        var inFlight = new Queue<Task<int>>(BatchesInFlight);
        try
        {
            foreach (var part in members.Chunk(PushesPerBatch))
            {
                if (inFlight.Count == BatchesInFlight)
                {
                    reached += await inFlight.Dequeue();
                }
                inFlight.Enqueue(
                    redis.RunAsync(
                        database => PushBatchAsync(database, post, part),
                        cancellationToken
                    )
                );
            }
            while (inFlight.TryDequeue(out var push))
            {
                reached += await push;
            }
            return reached;
        }
        finally
        {
            // after a failure; that is what the caller learns
            await ((Task)Task.WhenAll(inFlight)).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing
            );
        }
    }

    private async Task<int> PushAgainAsync(
        PostId post,
        IReadOnlyList<string> members,
        CancellationToken cancellationToken
    )
    {
        var reached = 0;
        Exception? failure = null;
        foreach (var part in members.Chunk(PushesPerBatch))
        {
            var outcome = await redis.RunAsync(
                database => PushMissingAsync(database, post, part),
                cancellationToken
            );
            reached += outcome.Reached;
            failure ??= outcome.Failure;
            if (outcome.Failed == part.Length)
            {
                // nothing answers: the rest would only wait as long again
                break;
            }
        }
        return failure is null ? reached : throw RedisErrors.Translate(failure) ?? failure;
    }

    private async Task<int> PushBatchAsync(IDatabase database, PostId post, string[] members)
    {
        var batch = database.CreateBatch();
        var pushes = new Task<long>[members.Length];
        for (var index = 0; index < members.Length; index++)
        {
            pushes[index] = batch.ListLeftPushAsync(
                _keys.Entries(members[index]),
                post.Value,
                When.Exists
            );
        }
        batch.Execute();
        var lengths = await Task.WhenAll(pushes);
        await TrimAsync(database, members, lengths);
        return lengths.Count(length => length > 0);
    }

    /// <summary>
    /// Command by command: a batch is not sent at all where one of its slots has no master. Slower than a batch, and seldom.
    /// </summary>
    private async Task<PushOutcome> PushMissingAsync(
        IDatabase database,
        PostId post,
        string[] members
    )
    {
        var pushes = members
            .Select(async member =>
            {
                var key = _keys.Entries(member);
                return await database.ListPositionAsync(key, post.Value) >= 0
                    ? Present
                    : await database.ListLeftPushAsync(key, post.Value, When.Exists);
            })
            .ToArray();
        await ((Task)Task.WhenAll(pushes)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failed = pushes.Where(push => !push.IsCompletedSuccessfully).ToList();
        var lengths = Array.ConvertAll(
            pushes,
            push => push.IsCompletedSuccessfully ? push.Result : 0
        );
        await TrimAsync(database, members, lengths);
        return new PushOutcome(
            lengths.Count(length => length != 0),
            failed.Count,
            failed.FirstOrDefault()?.Exception?.InnerException
        );
    }

    private async Task TrimAsync(IDatabase database, string[] members, long[] lengths)
    {
        var trims = new List<Task>();
        var trimming = database.CreateBatch();
        for (var index = 0; index < members.Length; index++)
        {
            if (lengths[index] >= _capacity + TimelineKeys.TrimEvery)
            {
                trims.Add(trimming.ListTrimAsync(_keys.Entries(members[index]), 0, _capacity - 1));
            }
        }
        if (trims.Count > 0)
        {
            trimming.Execute();
            await Task.WhenAll(trims);
        }
    }

    private Task<bool[]> KeepAliveAsync(IDatabase database, RedisKey key, RedisKey markKey)
    {
        var batch = database.CreateBatch();
        var all = Task.WhenAll(
            batch.KeyExpireAsync(key, _life),
            batch.KeyExpireAsync(markKey, _life)
        );
        batch.Execute();
        return all;
    }

    private static async Task<bool> ExecuteAsync(ITransaction transaction, Task commands)
    {
        if (!await transaction.ExecuteAsync())
        {
            return false;
        }
        await commands;
        return true;
    }

    private static Timeline ToTimeline(RedisValue[] values, RedisValue mark)
    {
        var entries = new List<PostId>(values.Length);
        foreach (var value in values)
        {
            if ((long)value is var id and not TimelineKeys.Placeholder)
            {
                entries.Add(new PostId(id));
            }
        }
        // a push changes the length or, with a trim in between, the head
        var version = string.Create(
            CultureInfo.InvariantCulture,
            $"{values.Length}:{(long)values[0]}"
        );
        return new Timeline(entries, TimelineMark.Parse(mark), version);
    }

    private readonly record struct PushOutcome(int Reached, int Failed, Exception? Failure);
}
