using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Relationships;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// The store on MongoDB, for any number of processes. Fields and indexes: <see cref="RelationshipBson"/>; revisions:
/// <see cref="MongoRevisions"/>; shard key, scattering queries and their costs: docs/adr/0008.
/// </summary>
public sealed partial class MongoConnectionStore : IConnectionStore
{
    // enough that one slow query holds up a part only; with more of them each gathers less
    private const int QueriesAtOnce = 4;
    private const int PairsAQuery = 100;

    private readonly MongoConnection _connection;
    private readonly MongoRevisions _revisions;
    private readonly GatheredReads<MemberPair, PairStatus> _statuses;
    private readonly GatheredReads<MemberPair, BsonDocument> _documents;

    public MongoConnectionStore(MongoConnection connection, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _revisions = new MongoRevisions(connection.CommandTimeout, time);
        _statuses = new GatheredReads<MemberPair, PairStatus>(
            async pairs =>
                (
                    await FindPairsAsync(pairs, RelationshipBson.StatusFields).ConfigureAwait(false)
                ).ToDictionary(
                    found => found.Key,
                    found => RelationshipBson.ReadStatus(found.Value)
                ),
            QueriesAtOnce,
            PairsAQuery
        );
        _documents = new GatheredReads<MemberPair, BsonDocument>(
            pairs => FindPairsAsync(pairs, fields: null),
            QueriesAtOnce,
            PairsAQuery
        );
    }

    /// <summary>What has to be there before the store serves.</summary>
    public static MongoIndexes Indexes => RelationshipBson.Indexes;

    private IMongoCollection<BsonDocument> Relationships =>
        _connection.Collection(RelationshipBson.Collection);

    private IMongoCollection<BsonDocument> Store => _connection.Collection(StoreBson.Collection);

    /// <inheritdoc />
    public ValueTask<PairStatus> GetStatusAsync(
        MemberPair pair,
        CancellationToken cancellationToken
    ) => new(_statuses.ReadAsync(pair, cancellationToken));

    /// <inheritdoc />
    public async Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var ids = others
            .Select(other =>
                string.Equals(other, member, StringComparison.Ordinal)
                    ? ""
                    : RelationshipBson.IdOf(MemberPair.Of(member, other))
            )
            .ToArray();
        var documents = await FindAsync(
                With(member, others),
                sort: null,
                RelationshipBson.StatusFields,
                limit: null,
                cancellationToken
            )
            .ConfigureAwait(false);
        var found = documents.ToDictionary(
            document => document[RelationshipBson.Id].AsString,
            RelationshipBson.ReadStatus,
            StringComparer.Ordinal
        );
        return [.. ids.Select(id => found.GetValueOrDefault(id))];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        IReadOnlyList<MemberPair> pairs,
        CancellationToken cancellationToken
    ) =>
        // in queries that other calls share
        [
            .. await Task.WhenAll(
                    pairs.Select(pair => _statuses.ReadAsync(pair, cancellationToken))
                )
                .ConfigureAwait(false),
        ];

    /// <inheritdoc />
    public async Task<Relationship> GetAsync(MemberPair pair, CancellationToken cancellationToken)
    {
        var document = await _documents.ReadAsync(pair, cancellationToken).ConfigureAwait(false);
        return document is null ? Relationship.None(pair) : Read(document);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<string, Relationship>> GetManyAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var documents = await FindAsync(
                With(member, others),
                sort: null,
                fields: null,
                limit: null,
                cancellationToken
            )
            .ConfigureAwait(false);
        return documents
            .Select(Read)
            .ToDictionary(
                relationship => relationship.Pair.OtherOf(member),
                StringComparer.Ordinal
            );
    }

    /// <inheritdoc />
    public Task<Relationship?> TryStoreAsync(Relationship next, CancellationToken cancellationToken)
    {
        // An insert is an upsert that looks for a revision that no document has: one that is there is met by the key.
        var filter = RelationshipBson.Filter(next.Pair);
        filter[RelationshipBson.Revision] = next.Revision;
        var pipeline = RelationshipBson.Update(next, _revisions.Next(next.Revision));
        return _connection.RunAsync<Relationship?>(
            async cancel =>
            {
                try
                {
                    var stored = await Relationships
                        .FindOneAndUpdateAsync(
                            filter,
                            Builders<BsonDocument>.Update.Pipeline(pipeline),
                            new FindOneAndUpdateOptions<BsonDocument, BsonDocument>
                            {
                                IsUpsert = next.Revision == 0,
                                ReturnDocument = ReturnDocument.After,
                                Projection = new BsonDocument(RelationshipBson.Revision, 1),
                                // a revision given and not yet visible is in doubt for no longer
                                MaxTime = _connection.CommandTimeout,
                            },
                            cancel
                        )
                        .ConfigureAwait(false);
                    if (stored is null)
                    {
                        return null;
                    }
                    var revision = stored[RelationshipBson.Revision].ToInt64();
                    _revisions.Saw(revision);
                    return next.Stamped(revision);
                }
                catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
                {
                    return null;
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task<string> GetIdentityAsync(CancellationToken cancellationToken) =>
        _connection.RunAsync(
            async cancel =>
            {
                var stored = await FindIdentityAsync(cancel).ConfigureAwait(false);
                if (stored is null)
                {
                    try
                    {
                        await Store
                            .InsertOneAsync(StoreBson.Of(Guid.NewGuid()), cancellationToken: cancel)
                            .ConfigureAwait(false);
                    }
                    catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
                    {
                        // another process was faster, and what it stored holds
                    }
                    stored = await FindIdentityAsync(cancel).ConfigureAwait(false);
                }
                return StoreBson.ReadIdentity(stored!);
            },
            cancellationToken
        );

    private Task<BsonDocument?> FindIdentityAsync(CancellationToken cancellationToken) =>
        Store.Find(StoreBson.Filter).FirstOrDefaultAsync(cancellationToken)!;

    private async Task<IReadOnlyDictionary<MemberPair, BsonDocument>> FindPairsAsync(
        IReadOnlyCollection<MemberPair> pairs,
        BsonDocument? fields
    )
    {
        var documents = await FindAsync(
                In(pairs.Select(RelationshipBson.IdOf), pairs.Select(pair => pair.Low)),
                sort: null,
                fields,
                limit: null,
                CancellationToken.None
            )
            .ConfigureAwait(false);
        var found = documents.ToDictionary(
            document => document[RelationshipBson.Id].AsString,
            StringComparer.Ordinal
        );
        return pairs
            .Where(pair => found.ContainsKey(RelationshipBson.IdOf(pair)))
            .ToDictionary(pair => pair, pair => found[RelationshipBson.IdOf(pair)]);
    }

    private static BsonDocument With(string member, IReadOnlyList<string> others)
    {
        var pairs = others
            .Where(other => !string.Equals(other, member, StringComparison.Ordinal))
            .Select(other => MemberPair.Of(member, other))
            .ToArray();
        return In(pairs.Select(RelationshipBson.IdOf), pairs.Select(pair => pair.Low));
    }

    // the low sides say nothing that the ids do not, except to a router, which finds the shards by them
    private static BsonDocument In(IEnumerable<string> ids, IEnumerable<string> lows)
    {
        return new BsonDocument
        {
            [RelationshipBson.Id] = Any(ids),
            [RelationshipBson.Low] = Any(lows),
        };

        static BsonDocument Any(IEnumerable<string> values) =>
            new("$in", new BsonArray(values.Distinct(StringComparer.Ordinal)));
    }

    private Task<List<BsonDocument>> FindAsync(
        BsonDocument filter,
        BsonDocument? sort,
        BsonDocument? fields,
        int? limit,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            cancel =>
            {
                var find = Relationships.Find(filter);
                if (sort is not null)
                {
                    find = find.Sort(sort);
                }
                if (limit is not null)
                {
                    find = find.Limit(limit);
                }
                return (fields is null ? find : find.Project(fields)).ToListAsync(cancel);
            },
            cancellationToken
        );

    private async Task<
        IEnumerable<(RelationshipList List, bool IsInviter, long Entries)>
    > CountHalfAsync(string member, ListHalf half, CancellationToken cancellationToken)
    {
        var groups = await _connection
            .RunAsync(
                cancel =>
                    Relationships
                        .Aggregate<BsonDocument>(
                            half.CountPipeline(member),
                            cancellationToken: cancel
                        )
                        .ToListAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        return groups.Select(half.ReadCount);
    }

    private Relationship Read(BsonDocument document)
    {
        var relationship = RelationshipBson.Read(document);
        _revisions.Saw(relationship.Revision);
        return relationship;
    }
}
