using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Feed.FanOut;

namespace Platform.Feed.Storage.Mongo;

/// <content>Jobs of the fan-out: leases, progress and what waits.</content>
public sealed partial class MongoPostStore
{
    // few jobs, so that little is read for nothing; several, so that workers that ask at once need not read again
    private const int CandidatesAtOnce = 8;

    /// <inheritdoc />
    public Task<LeasedJob?> LeaseJobAsync(
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        CancellationToken cancellationToken
    )
    {
        // A router must know the shard of what is found and changed in one step, so it is looked for first. A job that somebody
        // else took meanwhile is no longer due; each round that gains nothing has let others gain.
        var due = new BsonDocument
        {
            [PostBson.JobState] = (int)DeliveryState.Open,
            [PostBson.JobDue] = new BsonDocument("$lte", PostBson.Time(now)),
        };
        return _connection.RunAsync<LeasedJob?>(
            async cancel =>
            {
                while (true)
                {
                    var candidates = await Posts
                        .Find(due, new FindOptions { Hint = PostBson.DueIndex })
                        .Sort(new BsonDocument { [PostBson.JobDue] = 1, [PostBson.Id] = 1 })
                        .Limit(CandidatesAtOnce)
                        .Project(new BsonDocument { [PostBson.Id] = 1, [PostBson.Author] = 1 })
                        .ToListAsync(cancel);
                    if (candidates.Count == 0)
                    {
                        return null;
                    }
                    foreach (var candidate in candidates)
                    {
                        var filter = new BsonDocument(candidate).Merge(due);
                        if (await TryLeaseAsync(filter, now, leaseEnd, cancel) is { } lease)
                        {
                            return lease;
                        }
                    }
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task<bool> RecallJobsAsync(
        DateTimeOffset now,
        TimeSpan farthest,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                var hello = await _connection.Database.RunCommandAsync<BsonDocument>(
                    new BsonDocument("hello", 1),
                    cancellationToken: cancel
                );
                var serverTime = new DateTimeOffset(hello["localTime"].ToUniversalTime());
                var recalled = await Posts.UpdateManyAsync(
                    new BsonDocument
                    {
                        [PostBson.JobState] = (int)DeliveryState.Open,
                        [PostBson.JobDue] = new BsonDocument(
                            "$gt",
                            PostBson.Time(serverTime + farthest)
                        ),
                    },
                    new BsonDocument(
                        "$set",
                        new BsonDocument(PostBson.JobDue, PostBson.Time(serverTime))
                    ),
                    cancellationToken: cancel
                );
                return recalled.ModifiedCount > 0;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<bool> AdvanceJobAsync(
        LeasedJob lease,
        string position,
        DeliveryCounts counts,
        DateTimeOffset due,
        CancellationToken cancellationToken
    ) => ChangeJobAsync(lease, PostUpdates.Advance(position, counts, due), cancellationToken);

    /// <inheritdoc />
    public Task<bool> CompleteJobAsync(
        LeasedJob lease,
        DeliveryCounts counts,
        bool pulled,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => ChangeJobAsync(lease, PostUpdates.Complete(counts, pulled, now), cancellationToken);

    /// <inheritdoc />
    public Task<bool> RetryJobAsync(
        LeasedJob lease,
        string reason,
        DateTimeOffset due,
        CancellationToken cancellationToken
    ) => ChangeJobAsync(lease, PostUpdates.Retry(reason, due), cancellationToken);

    /// <inheritdoc />
    public Task<bool> ReleaseJobAsync(
        LeasedJob lease,
        DateTimeOffset due,
        CancellationToken cancellationToken
    ) => ChangeJobAsync(lease, PostUpdates.Release(due), cancellationToken);

    /// <inheritdoc />
    public async Task<Unpushed> ListUnpushedAsync(
        DateTimeOffset pulledAfter,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // open ones first: what is closed in between is then in both
        var open = await FindUnpushedAsync(
            new BsonDocument(PostBson.JobState, (int)DeliveryState.Open),
            PostBson.OpenIndex,
            PostBson.Id,
            limit,
            cancellationToken
        );
        var pulled = await FindUnpushedAsync(
            new BsonDocument
            {
                [PostBson.JobState] = (int)DeliveryState.Pulled,
                [PostBson.JobCompleteTime] = new BsonDocument("$gt", PostBson.Time(pulledAfter)),
                [PostBson.DeleteTime] = BsonNull.Value,
            },
            PostBson.PulledIndex,
            PostBson.JobCompleteTime,
            limit,
            cancellationToken
        );
        return new Unpushed(open, pulled);
    }

    /// <inheritdoc />
    public Task<DeliveryBacklog> GetBacklogAsync(CancellationToken cancellationToken) =>
        _connection.RunAsync(
            async cancel =>
            {
                var pipeline = PipelineDefinition<BsonDocument, BsonDocument>.Create(
                    new BsonDocument(
                        "$match",
                        new BsonDocument(PostBson.JobState, (int)DeliveryState.Open)
                    ),
                    new BsonDocument(
                        "$group",
                        new BsonDocument
                        {
                            [PostBson.Id] = BsonNull.Value,
                            ["pending"] = new BsonDocument("$sum", 1),
                            ["retrying"] = new BsonDocument(
                                "$sum",
                                new BsonDocument(
                                    "$cond",
                                    new BsonArray
                                    {
                                        new BsonDocument(
                                            "$gt",
                                            new BsonArray { $"${PostBson.JobFailures}", 0 }
                                        ),
                                        1,
                                        0,
                                    }
                                )
                            ),
                            ["oldest"] = new BsonDocument("$min", $"${PostBson.CreateTime}"),
                        }
                    )
                );
                var options = new AggregateOptions { Hint = PostBson.OpenIndex };
                using var cursor = await Posts.AggregateAsync(pipeline, options, cancel);
                var backlog = await cursor.FirstOrDefaultAsync(cancel);
                return backlog is null
                    ? new DeliveryBacklog(0, 0, null)
                    : new DeliveryBacklog(
                        backlog["pending"].ToInt64(),
                        backlog["retrying"].ToInt64(),
                        PostBson.ReadTime(backlog["oldest"])
                    );
            },
            cancellationToken
        );

    /// <summary>Posts by the state of their job, those with the largest <paramref name="order"/> first.</summary>
    private async Task<List<PostRecord>> FindUnpushedAsync(
        BsonDocument filter,
        string index,
        string order,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var documents = await _connection.RunAsync(
            cancel =>
                Posts
                    .Find(filter, new FindOptions { Hint = index })
                    .Sort(new BsonDocument(order, -1))
                    .Limit(limit)
                    .ToListAsync(cancel),
            cancellationToken
        );
        return [.. documents.Select(PostBson.ReadRecord)];
    }

    private async Task<LeasedJob?> TryLeaseAsync(
        BsonDocument filter,
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        CancellationToken cancel
    )
    {
        var lease = Guid.NewGuid().ToString("n");
        var document = await Posts.FindOneAndUpdateAsync(
            filter,
            PostUpdates.Lease(lease, now, leaseEnd),
            new FindOneAndUpdateOptions<BsonDocument, BsonDocument>
            {
                ReturnDocument = ReturnDocument.After,
                Projection = new BsonDocument(PostBson.Text, 0),
            },
            cancel
        );
        return document is null ? null : new LeasedJob(PostBson.ReadJob(document), lease);
    }

    private Task<bool> ChangeJobAsync(
        LeasedJob lease,
        UpdateDefinition<BsonDocument> update,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                var result = await Posts.UpdateOneAsync(
                    PostBson.Filter(lease),
                    update,
                    cancellationToken: cancel
                );
                return result.MatchedCount > 0;
            },
            cancellationToken
        );
}
