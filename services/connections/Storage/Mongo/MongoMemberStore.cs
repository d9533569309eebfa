using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Members;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>The documents of members on MongoDB, for any number of processes. Fields and index: <see cref="MemberBson"/>.</summary>
public sealed class MongoMemberStore : IMemberStore
{
    private const int QueriesAtOnce = 4;
    private const int MembersAQuery = 100;

    // who asks for more has a query of its own
    private const int GatheredAtMost = 4;

    private readonly MongoConnection _connection;
    private readonly GatheredReads<string, MemberRecord> _gathered;

    public MongoMemberStore(MongoConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _gathered = new GatheredReads<string, MemberRecord>(
            ids => FindManyAsync(ids, CancellationToken.None),
            QueriesAtOnce,
            MembersAQuery
        );
    }

    /// <summary>What has to be there before the store serves.</summary>
    public static MongoIndexes Indexes => MemberBson.Indexes;

    private IMongoCollection<BsonDocument> Members => _connection.Collection(MemberBson.Collection);

    /// <inheritdoc />
    public async Task<MemberRecord> GetAsync(
        string memberId,
        CancellationToken cancellationToken
    ) =>
        await _gathered.ReadAsync(memberId, cancellationToken).ConfigureAwait(false)
        ?? MemberRecord.Of(memberId);

    /// <inheritdoc />
    public async Task<IReadOnlyList<MemberRecord>> GetManyAsync(
        IReadOnlyList<string> memberIds,
        CancellationToken cancellationToken
    )
    {
        if (memberIds.Count <= GatheredAtMost)
        {
            return await Task.WhenAll(memberIds.Select(id => GetAsync(id, cancellationToken)))
                .ConfigureAwait(false);
        }
        var found = await FindManyAsync(
                [.. memberIds.Distinct(StringComparer.Ordinal)],
                cancellationToken
            )
            .ConfigureAwait(false);
        return
        [
            .. memberIds.Select(id =>
                found.TryGetValue(id, out var member) ? member : MemberRecord.Of(id)
            ),
        ];
    }

    /// <inheritdoc />
    public Task<MemberRecord?> TryStoreAsync(MemberRecord next, CancellationToken cancellationToken)
    {
        var stored = next with { Revision = next.Revision + 1 };
        var document = MemberBson.Write(stored);
        return _connection.RunAsync(
            async cancel =>
            {
                if (next.Revision == 0)
                {
                    try
                    {
                        await Members
                            .InsertOneAsync(document, cancellationToken: cancel)
                            .ConfigureAwait(false);
                        return stored;
                    }
                    catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
                    {
                        return null;
                    }
                }
                var before = await Members
                    .FindOneAndReplaceAsync(
                        new BsonDocument
                        {
                            [MemberBson.Id] = next.MemberId,
                            [MemberBson.Revision] = next.Revision,
                        },
                        document,
                        new FindOneAndReplaceOptions<BsonDocument, BsonDocument>
                        {
                            Projection = new BsonDocument(MemberBson.Id, 1),
                            MaxTime = _connection.CommandTimeout,
                        },
                        cancel
                    )
                    .ConfigureAwait(false);
                return before is null ? null : stored;
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<MemberRecord>> ListAsync(
        string afterId,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var documents = await FindAsync(
                Members
                    .Find(new BsonDocument(MemberBson.Id, new BsonDocument("$gt", afterId)))
                    .Sort(new BsonDocument(MemberBson.Id, 1))
                    .Limit(limit),
                cancellationToken
            )
            .ConfigureAwait(false);
        return [.. documents.Select(MemberBson.Read)];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<MemberRecord>> ListErasingAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var documents = await FindAsync(
                Members
                    .Find(
                        new BsonDocument
                        {
                            [MemberBson.ErasingDue] = new BsonDocument
                            {
                                // what the index holds
                                ["$exists"] = true,
                                ["$lte"] = RelationshipBson.Time(now),
                            },
                        }
                    )
                    .Sort(new BsonDocument { [MemberBson.ErasingDue] = 1, [MemberBson.Id] = 1 })
                    .Limit(limit),
                cancellationToken
            )
            .ConfigureAwait(false);
        return [.. documents.Select(MemberBson.Read)];
    }

    private async Task<IReadOnlyDictionary<string, MemberRecord>> FindManyAsync(
        IReadOnlyCollection<string> memberIds,
        CancellationToken cancellationToken
    )
    {
        var documents = await FindAsync(
                Members.Find(
                    new BsonDocument(
                        MemberBson.Id,
                        new BsonDocument("$in", new BsonArray(memberIds))
                    )
                ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return documents
            .Select(MemberBson.Read)
            .ToDictionary(member => member.MemberId, StringComparer.Ordinal);
    }

    private Task<List<BsonDocument>> FindAsync(
        IFindFluent<BsonDocument, BsonDocument> find,
        CancellationToken cancellationToken
    ) => _connection.RunAsync(find.ToListAsync, cancellationToken);
}
