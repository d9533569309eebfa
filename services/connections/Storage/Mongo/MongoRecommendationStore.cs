using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Recommendations;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// Recommendations on MongoDB, for any number of processes. Fields and indexes: <see cref="RecommendationBson"/>; shard key,
/// scattering queries and their costs: docs/adr/0008.
/// </summary>
public sealed class MongoRecommendationStore(MongoConnection connection) : IRecommendationStore
{
    /// <summary>What has to be there before the store serves.</summary>
    public static MongoIndexes Indexes => RecommendationBson.Indexes;

    private IMongoCollection<BsonDocument> Recommendations =>
        connection.Collection(RecommendationBson.Collection);

    /// <inheritdoc />
    public async Task<RecommendationThread> GetAsync(
        RecommendationKey key,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(
                RecommendationBson.Filter(key),
                sort: null,
                limit: 1,
                cancellationToken
            )
            .ConfigureAwait(false);
        return found.Count == 0 ? RecommendationThread.None(key) : found[0];
    }

    /// <inheritdoc />
    public Task<RecommendationThread?> TryStoreAsync(
        RecommendationThread next,
        CancellationToken cancellationToken
    )
    {
        var stored = next with { Revision = next.Revision + 1 };
        var document = RecommendationBson.Write(stored);
        return connection.RunAsync<RecommendationThread?>(
            async cancel =>
            {
                if (next.Revision > 0)
                {
                    var filter = RecommendationBson.Filter(next.Key);
                    filter[RecommendationBson.Revision] = next.Revision;
                    var replaced = await Recommendations
                        .ReplaceOneAsync(
                            filter,
                            document,
                            new ReplaceOptions { IsUpsert = false },
                            cancel
                        )
                        .ConfigureAwait(false);
                    return replaced.MatchedCount == 1 ? stored : null;
                }
                try
                {
                    await Recommendations
                        .InsertOneAsync(document, options: null, cancel)
                        .ConfigureAwait(false);
                    return stored;
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
    public Task<IReadOnlyList<RecommendationThread>> ListAsync(
        RecommendationQuery query,
        CancellationToken cancellationToken
    )
    {
        var (member, other) =
            query.Role == RecommendationRole.Recipient
                ? (RecommendationBson.Recipient, RecommendationBson.Author)
                : (RecommendationBson.Author, RecommendationBson.Recipient);
        // a member has some hundreds at most, so states are looked at and not kept in the index
        var filter = new BsonDocument(member, query.MemberId);
        if (query.State is { } state)
        {
            filter[RecommendationBson.State] = (int)state;
        }
        if (query.PublicOnly)
        {
            filter[RecommendationBson.IsPublic] = true;
        }
        if (query.After is { } after)
        {
            var time = RelationshipBson.Time(after.Time);
            filter[RecommendationBson.CreateTime] = new BsonDocument("$lte", time);
            filter["$or"] = new BsonArray
            {
                new BsonDocument(RecommendationBson.CreateTime, new BsonDocument("$lt", time)),
                new BsonDocument(other, new BsonDocument("$gt", after.OtherId)),
            };
        }
        return FindAsync(
            filter,
            new BsonDocument { [RecommendationBson.CreateTime] = -1, [other] = 1 },
            query.Limit,
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<RecommendationThread>> ListAllAsync(
        RecommendationKey? after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        FindAsync(
            after is { } key
                ? new BsonDocument(
                    RecommendationBson.Id,
                    new BsonDocument("$gt", RecommendationBson.IdOf(key))
                )
                : [],
            new BsonDocument(RecommendationBson.Id, 1),
            limit,
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<int> EraseMemberAsync(
        string member,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var received = await EraseAsync(
                RecommendationBson.Recipient,
                member,
                limit,
                cancellationToken
            )
            .ConfigureAwait(false);
        return received == limit
            ? received
            : received
                + await EraseAsync(
                        RecommendationBson.Author,
                        member,
                        limit - received,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
    }

    private Task<int> EraseAsync(
        string role,
        string member,
        int limit,
        CancellationToken cancellationToken
    ) =>
        connection.RunAsync(
            async cancel =>
            {
                var found = await Recommendations
                    .Find(new BsonDocument(role, member))
                    .Project(new BsonDocument(RecommendationBson.Id, 1))
                    .Limit(limit)
                    .ToListAsync(cancel)
                    .ConfigureAwait(false);
                if (found.Count == 0)
                {
                    return 0;
                }
                var ids = new BsonArray(found.Select(document => document[RecommendationBson.Id]));
                await Recommendations
                    .DeleteManyAsync(
                        new BsonDocument
                        {
                            [role] = member,
                            [RecommendationBson.Id] = new BsonDocument("$in", ids),
                        },
                        cancel
                    )
                    .ConfigureAwait(false);
                // what another process removed first is gone as well
                return found.Count;
            },
            cancellationToken
        );

    private Task<IReadOnlyList<RecommendationThread>> FindAsync(
        BsonDocument filter,
        BsonDocument? sort,
        int limit,
        CancellationToken cancellationToken
    ) =>
        connection.RunAsync<IReadOnlyList<RecommendationThread>>(
            async cancel =>
            {
                var find = Recommendations.Find(filter).Limit(limit);
                var documents = await (sort is null ? find : find.Sort(sort))
                    .ToListAsync(cancel)
                    .ConfigureAwait(false);
                return [.. documents.Select(RecommendationBson.Read)];
            },
            cancellationToken
        );
}
