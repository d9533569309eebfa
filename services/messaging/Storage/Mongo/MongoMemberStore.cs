using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Members;
using Platform.Storage.Mongo;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>The documents of members on MongoDB, for any number of processes. Fields: <see cref="MemberBson"/>.</summary>
public sealed class MongoMemberStore : IMemberStore
{
    private readonly MongoConnection _connection;

    public MongoMemberStore(MongoConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
    }

    private IMongoCollection<BsonDocument> Members => _connection.Collection(MemberBson.Collection);

    /// <inheritdoc />
    public async Task<MemberRecord> GetAsync(string memberId, CancellationToken cancellationToken)
    {
        var document = await _connection
            .RunAsync(
                cancel =>
                    Members.Find(new BsonDocument(Schema.Id, memberId)).FirstOrDefaultAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        return document is null ? MemberRecord.Of(memberId) : MemberBson.Read(document);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<MemberRecord>> FindAsync(
        IReadOnlyCollection<string> memberIds,
        CancellationToken cancellationToken
    )
    {
        var ids = new BsonDocument("$in", new BsonArray(memberIds));
        var documents = await _connection
            .RunAsync(
                cancel => Members.Find(new BsonDocument(Schema.Id, ids)).ToListAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        return documents.ConvertAll(MemberBson.Read);
    }

    /// <inheritdoc />
    public Task<MemberRecord?> TryStoreAsync(MemberRecord next, CancellationToken cancellationToken)
    {
        var stored = next with { Revision = next.Revision + 1 };
        return _connection.RunAsync(
            async cancel =>
            {
                try
                {
                    var result = await Members
                        .ReplaceOneAsync(
                            new BsonDocument
                            {
                                [Schema.Id] = next.MemberId,
                                [Schema.Revision] = next.Revision,
                            },
                            MemberBson.Write(stored),
                            // nothing has revision 0: an upsert of it is an insert
                            new ReplaceOptions { IsUpsert = next.Revision == 0 },
                            cancel
                        )
                        .ConfigureAwait(false);
                    return result.MatchedCount == 1 || result.UpsertedId is not null
                        ? stored
                        : null;
                }
                catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
                {
                    return null;
                }
            },
            cancellationToken
        );
    }
}
