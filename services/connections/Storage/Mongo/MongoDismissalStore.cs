using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>Dismissals on MongoDB, for any number of processes. Fields and indexes: <see cref="DismissalBson"/>.</summary>
public sealed class MongoDismissalStore(MongoConnection connection) : IDismissalStore
{
    /// <summary>What has to be there before the store serves.</summary>
    public static MongoIndexes Indexes => DismissalBson.Indexes;

    private IMongoCollection<BsonDocument> Dismissals =>
        connection.Collection(DismissalBson.Collection);

    /// <inheritdoc />
    public Task DismissAsync(string member, string other, CancellationToken cancellationToken)
    {
        var document = DismissalBson.Of(member, other);
        return connection.RunAsync(
            async cancel =>
            {
                try
                {
                    await Dismissals
                        .ReplaceOneAsync(
                            document,
                            document,
                            new ReplaceOptions { IsUpsert = true },
                            cancel
                        )
                        .ConfigureAwait(false);
                }
                catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
                {
                    // two upserts at once: the other one stored the same
                }
                return true;
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task RestoreAsync(string member, string other, CancellationToken cancellationToken) =>
        connection.RunAsync(
            cancel => Dismissals.DeleteOneAsync(DismissalBson.Of(member, other), cancel),
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlySet<string>> FindAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    ) =>
        connection.RunAsync<IReadOnlySet<string>>(
            async cancel =>
            {
                var found = await Dismissals
                    .Find(
                        new BsonDocument
                        {
                            [DismissalBson.Member] = member,
                            [DismissalBson.Other] = new BsonDocument("$in", new BsonArray(others)),
                        }
                    )
                    .ToListAsync(cancel)
                    .ConfigureAwait(false);
                return found
                    .Select(document => document[DismissalBson.Other].AsString)
                    .ToHashSet(StringComparer.Ordinal);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<int> EraseMemberAsync(
        string member,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var own = await EraseAsync(DismissalBson.Member, member, limit, cancellationToken)
            .ConfigureAwait(false);
        return own == limit
            ? own
            : own
                + await EraseAsync(DismissalBson.Other, member, limit - own, cancellationToken)
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
                var found = await Dismissals
                    .Find(new BsonDocument(role, member))
                    .Project(new BsonDocument(DismissalBson.Id, 1))
                    .Limit(limit)
                    .ToListAsync(cancel)
                    .ConfigureAwait(false);
                if (found.Count == 0)
                {
                    return 0;
                }
                var ids = new BsonArray(found.Select(document => document[DismissalBson.Id]));
                await Dismissals
                    .DeleteManyAsync(
                        new BsonDocument
                        {
                            [role] = member,
                            [DismissalBson.Id] = new BsonDocument("$in", ids),
                        },
                        cancel
                    )
                    .ConfigureAwait(false);
                // what another process removed first is gone as well
                return found.Count;
            },
            cancellationToken
        );
}
