using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Common.V1;
using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Mongo;

namespace Platform.Feed.Storage.Mongo;

/// <summary>
/// The store on MongoDB, for any number of processes. Fields and indexes: <see cref="PostBson"/>; shard key, scattering queries
/// and their costs: docs/adr/0008.
/// <para>
/// A repetition acknowledges what somebody else wrote, so it must know that a majority has it. The write that found the
/// earlier one was answered only when a majority had everything before it, also a write that changes nothing; what is then
/// read with read concern <c>majority</c> is at least as new, and stays.
/// </para>
/// </summary>
public sealed class MongoPostStore : IPostStore
{
    private const int MostCreateAttempts = 5;

    // few jobs, so that little is read for nothing; several, so that workers that ask at once need not read again
    private const int CandidatesAtOnce = 8;

    private const int QueriesAtOnce = 4;

    private readonly MongoConnection _connection;
    private readonly IMongoCollection<BsonDocument> _posts;
    private readonly IMongoCollection<BsonDocument> _durable;
    private readonly IMongoCollection<BsonDocument> _nodes;

    public MongoPostStore(MongoConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _posts = connection.Collection(PostBson.Collection);
        _durable = _posts.WithReadConcern(ReadConcern.Majority);
        _nodes = connection.Collection(PostBson.NodeCollection);
    }

    /// <summary>What has to be there before the store serves.</summary>
    public static MongoIndexes Indexes => PostBson.Indexes;

    /// <inheritdoc />
    public Task<CreateOutcome> CreateAsync(
        Post post,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        var document = PostBson.Write(post, request);
        return _connection.RunAsync(
            async cancel =>
            {
                for (var attempt = 0; attempt < MostCreateAttempts; attempt++)
                {
                    if (await TryInsertAsync(document, cancel))
                    {
                        return new CreateOutcome(CreateStatus.Created, post);
                    }
                    if (
                        request is not null
                        && await FindRepeatedAsync(post.Author, request, cancel) is { } repeated
                    )
                    {
                        return repeated;
                    }
                    if (await FindAuthorAsync(post.Id, cancel) is not null)
                    {
                        return new CreateOutcome(CreateStatus.IdTaken, null);
                    }
                    // what stood in the way was erased meanwhile
                }
                throw new DomainException(
                    ErrorReason.Contention,
                    "The author's posts are being erased; retry."
                );
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public async Task<Post?> GetAsync(PostId id, CancellationToken cancellationToken) =>
        await GetRecordAsync(id, cancellationToken) is { DeleteTime: null, Post: var post }
            ? post
            : null;

    /// <inheritdoc />
    public async Task<IReadOnlyList<Post>> GetManyAsync(
        IReadOnlyCollection<PostId> ids,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
        {
            return [];
        }
        var wanted = new BsonArray(ids.Distinct().Select(id => id.Value));
        var documents = await _connection.RunAsync(
            cancel =>
                _posts
                    .Find(new BsonDocument(PostBson.Id, new BsonDocument("$in", wanted)))
                    .ToListAsync(cancel),
            cancellationToken
        );
        // of a deleted post hardly anything is left, so it is dropped here
        return
        [
            .. documents.Where(document => !PostBson.IsDeleted(document)).Select(PostBson.ReadPost),
        ];
    }

    /// <inheritdoc />
    public Task<PostRecord?> GetRecordAsync(PostId id, CancellationToken cancellationToken) =>
        _connection.RunAsync(
            async cancel =>
            {
                var document = await _posts
                    .Find(new BsonDocument(PostBson.Id, id.Value))
                    .FirstOrDefaultAsync(cancel);
                return document is null ? null : PostBson.ReadRecord(document);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<IReadOnlyList<Post>> ListByAuthorAsync(
        EntityRef author,
        PostId before,
        int limit,
        bool connectionsOnlyToo,
        CancellationToken cancellationToken
    )
    {
        var documents = await FindNewestAsync(
            new BsonDocument
            {
                [PostBson.Author] = PostBson.KeyOf(author),
                [PostBson.Listed] = SourceRanges.ListedFor(connectionsOnlyToo),
                [PostBson.Id] = new BsonDocument("$lt", before.Value),
            },
            PostBson.ByAuthorIndex,
            fields: null,
            limit,
            cancellationToken
        );
        return [.. documents.Select(PostBson.ReadPost)];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PostId>> ListRecentIdsAsync(
        IReadOnlyCollection<PostSource> sources,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // the newest so far: later queries ask only for what can still be among them
        var newest = new SortedSet<PostId>();
        var access = new Lock();
        await Parallel.ForEachAsync(
            SourceRanges.Of(sources),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = QueriesAtOnce,
                CancellationToken = cancellationToken,
            },
            async (ranges, cancel) =>
            {
                var filter = ranges.Filter;
                lock (access)
                {
                    if (newest.Count >= limit)
                    {
                        filter[PostBson.Id] = new BsonDocument("$gt", newest.Min.Value);
                    }
                }
                var found = await FindNewestAsync(
                    filter,
                    ranges.Index,
                    new BsonDocument(PostBson.Id, 1),
                    limit,
                    cancel
                );
                lock (access)
                {
                    newest.UnionWith(found.Select(PostBson.ReadId));
                    while (newest.Count > limit)
                    {
                        newest.Remove(newest.Min);
                    }
                }
            }
        );
        return [.. newest.Reverse()];
    }

    /// <inheritdoc />
    public Task<UpdateStatus> UpdateAsync(
        PostId id,
        int expectedRevision,
        PostChange change,
        RequestKey? request,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                if (await FindAuthorAsync(id, cancel) is not { } author)
                {
                    return UpdateStatus.Stale;
                }
                var filter = PostBson.Filter(id, author);
                filter[PostBson.Revision] = expectedRevision;
                filter[PostBson.DeleteTime] = BsonNull.Value;
                if (request is not null)
                {
                    filter[PostBson.LastUpdateId] = new BsonDocument("$ne", request.Id);
                }
                var result = await _posts.UpdateOneAsync(
                    filter,
                    PostUpdates.Edit(change, request),
                    cancellationToken: cancel
                );
                return result.MatchedCount > 0 ? UpdateStatus.Updated
                    : request is null ? UpdateStatus.Stale
                    : await FindUpdateAsync(id, author, request, cancel);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<bool> DeleteAsync(
        PostId id,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                if (await FindAuthorAsync(id, cancel) is not { } author)
                {
                    return false;
                }
                var filter = PostBson.Filter(id, author);
                filter[PostBson.DeleteTime] = BsonNull.Value;
                var result = await _posts.UpdateOneAsync(
                    filter,
                    PostUpdates.Delete(now),
                    cancellationToken: cancel
                );
                return result.MatchedCount > 0;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<int> EraseAuthorAsync(
        EntityRef author,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var key = PostBson.KeyOf(author);
        var erased = 0;
        while (erased < limit)
        {
            var ids = await _connection.RunAsync(
                cancel =>
                    _posts
                        .Find(new BsonDocument(PostBson.Author, key))
                        .Limit(limit - erased)
                        .Project(new BsonDocument(PostBson.Id, 1))
                        .ToListAsync(cancel),
                cancellationToken
            );
            if (ids.Count == 0)
            {
                break;
            }
            var result = await _connection.RunAsync(
                cancel =>
                    _posts.DeleteManyAsync(
                        new BsonDocument
                        {
                            [PostBson.Author] = key,
                            [PostBson.Id] = new BsonDocument(
                                "$in",
                                new BsonArray(ids.Select(found => found[PostBson.Id]))
                            ),
                        },
                        cancel
                    ),
                cancellationToken
            );
            // fewer than were found if somebody else erases too: then there may be more, and it looks again
            erased += (int)result.DeletedCount;
        }
        return erased;
    }

    /// <inheritdoc />
    public Task<PostId?> GetLargestIdAsync(CancellationToken cancellationToken) =>
        _connection.RunAsync<PostId?>(
            async cancel =>
            {
                var document = await _posts
                    .Find(new BsonDocument())
                    .Sort(new BsonDocument(PostBson.Id, -1))
                    .Limit(1)
                    .Project(new BsonDocument(PostBson.Id, 1))
                    .FirstOrDefaultAsync(cancel);
                return document is null ? null : PostBson.ReadId(document);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<bool> HoldNodeAsync(
        int node,
        string owner,
        DateTimeOffset now,
        DateTimeOffset end,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                try
                {
                    // where another holds it, nothing is found, and the insertion meets what is there
                    await _nodes.UpdateOneAsync(
                        new BsonDocument
                        {
                            [PostBson.Id] = node,
                            ["$or"] = new BsonArray
                            {
                                new BsonDocument(PostBson.NodeOwner, owner),
                                new BsonDocument(
                                    PostBson.NodeEnd,
                                    new BsonDocument("$lte", PostBson.Time(now))
                                ),
                            },
                        },
                        new BsonDocument(
                            "$set",
                            new BsonDocument
                            {
                                [PostBson.NodeOwner] = owner,
                                [PostBson.NodeEnd] = PostBson.Time(end),
                            }
                        ),
                        new UpdateOptions { IsUpsert = true },
                        cancel
                    );
                    return true;
                }
                catch (MongoWriteException exception) when (MongoErrors.IsDuplicateKey(exception))
                {
                    return false;
                }
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task ReleaseNodeAsync(int node, string owner, CancellationToken cancellationToken) =>
        _connection.RunAsync(
            cancel =>
                _nodes.DeleteOneAsync(
                    new BsonDocument { [PostBson.Id] = node, [PostBson.NodeOwner] = owner },
                    cancel
                ),
            cancellationToken
        );

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
                    var candidates = await _posts
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
                using var cursor = await _posts.AggregateAsync(pipeline, options, cancel);
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
                _posts
                    .Find(filter, new FindOptions { Hint = index })
                    .Sort(new BsonDocument(order, -1))
                    .Limit(limit)
                    .ToListAsync(cancel),
            cancellationToken
        );
        return [.. documents.Select(PostBson.ReadRecord)];
    }

    /// <returns>False if the id, or the author's request id, is taken, and a majority knows.</returns>
    private async Task<bool> TryInsertAsync(BsonDocument document, CancellationToken cancel)
    {
        try
        {
            await _posts.InsertOneAsync(document, cancellationToken: cancel);
            return true;
        }
        catch (MongoWriteException exception)
            when (exception.WriteConcernError is null && MongoErrors.IsDuplicateKey(exception))
        {
            return false;
        }
    }

    private async Task<CreateOutcome?> FindRepeatedAsync(
        EntityRef author,
        RequestKey request,
        CancellationToken cancel
    )
    {
        var document = await _durable
            .Find(
                new BsonDocument
                {
                    [PostBson.Author] = PostBson.KeyOf(author),
                    [PostBson.RequestId] = request.Id,
                }
            )
            .FirstOrDefaultAsync(cancel);
        return document is null ? null
            : PostBson.ReadKey(document, PostBson.Request) != request
                ? new CreateOutcome(CreateStatus.RequestIdReused, null)
            : PostBson.IsDeleted(document) ? new CreateOutcome(CreateStatus.Repeated, null)
            : new CreateOutcome(CreateStatus.Repeated, PostBson.ReadPost(document));
    }

    private async Task<UpdateStatus> FindUpdateAsync(
        PostId id,
        string author,
        RequestKey request,
        CancellationToken cancel
    )
    {
        var document = await _durable
            .Find(PostBson.Filter(id, author))
            .Project(new BsonDocument { [PostBson.LastUpdate] = 1, [PostBson.DeleteTime] = 1 })
            .FirstOrDefaultAsync(cancel);
        if (document is null || PostBson.IsDeleted(document))
        {
            return UpdateStatus.Stale;
        }
        var last = PostBson.ReadKey(document, PostBson.LastUpdate);
        return last == request ? UpdateStatus.Repeated
            : string.Equals(last?.Id, request.Id, StringComparison.Ordinal)
                ? UpdateStatus.RequestIdReused
            : UpdateStatus.Stale;
    }

    // The author never changes: knowing it, a change goes to one shard.
    private async Task<string?> FindAuthorAsync(PostId id, CancellationToken cancel)
    {
        var document = await _posts
            .Find(new BsonDocument(PostBson.Id, id.Value))
            .Project(new BsonDocument(PostBson.Author, 1))
            .FirstOrDefaultAsync(cancel);
        return document?[PostBson.Author].AsString;
    }

    private async Task<LeasedJob?> TryLeaseAsync(
        BsonDocument filter,
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        CancellationToken cancel
    )
    {
        var lease = Guid.NewGuid().ToString("n");
        var document = await _posts.FindOneAndUpdateAsync(
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
                var result = await _posts.UpdateOneAsync(
                    PostBson.Filter(lease),
                    update,
                    cancellationToken: cancel
                );
                return result.MatchedCount > 0;
            },
            cancellationToken
        );

    private Task<List<BsonDocument>> FindNewestAsync(
        BsonDocument filter,
        string index,
        BsonDocument? fields,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            cancel =>
            {
                var find = _posts
                    .Find(
                        filter,
                        // one answer, after which no cursor stays open
                        new FindOptions { Hint = index, BatchSize = limit + 1 }
                    )
                    .Sort(new BsonDocument(PostBson.Id, -1))
                    .Limit(limit);
                return (fields is null ? find : find.Project(fields)).ToListAsync(cancel);
            },
            cancellationToken
        );
}
