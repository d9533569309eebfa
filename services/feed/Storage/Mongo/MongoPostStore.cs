using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Common.V1;
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
public sealed partial class MongoPostStore : IPostStore
{
    private const int MostCreateAttempts = 5;

    private const int QueriesAtOnce = 4;

    private readonly MongoConnection _connection;

    public MongoPostStore(MongoConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
    }

    /// <summary>What has to be there before the store serves.</summary>
    public static MongoIndexes Indexes => PostBson.Indexes;

    private IMongoCollection<BsonDocument> Posts => _connection.Collection(PostBson.Collection);

    private IMongoCollection<BsonDocument> DurablePosts =>
        _connection.DurableCollection(PostBson.Collection);

    private IMongoCollection<BsonDocument> Nodes => _connection.Collection(PostBson.NodeCollection);

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
                Posts
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
                var document = await Posts
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

    /// <returns>False if the id, or the author's request id, is taken, and a majority knows.</returns>
    private async Task<bool> TryInsertAsync(BsonDocument document, CancellationToken cancel)
    {
        try
        {
            await Posts.InsertOneAsync(document, cancellationToken: cancel);
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
        var document = await DurablePosts
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

    // The author never changes: knowing it, a change goes to one shard.
    private async Task<string?> FindAuthorAsync(PostId id, CancellationToken cancel)
    {
        var document = await Posts
            .Find(new BsonDocument(PostBson.Id, id.Value))
            .Project(new BsonDocument(PostBson.Author, 1))
            .FirstOrDefaultAsync(cancel);
        return document?[PostBson.Author].AsString;
    }

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
                var find = Posts
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
