using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Storage.Mongo;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// The position on MongoDB: the one document of <c>positions</c>.
/// <code>
///   _id      "connections"
///   cursor   the last one; absent for none
///   since    when it was claimed for the first time
///   holder, until   who follows the record, and until when nobody else does
/// </code>
/// </summary>
public sealed class MongoRecordPositionStore : IRecordPositionStore
{
    private const string Collection = "positions";
    private const string Connections = "connections";
    private const string Cursor = "cursor";
    private const string Since = "since";
    private const string Holder = "holder";
    private const string Until = "until";

    private readonly MongoConnection _connection;
    private readonly TimeProvider _time;

    public MongoRecordPositionStore(MongoConnection connection, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _time = time;
    }

    private IMongoCollection<BsonDocument> Positions => _connection.Collection(Collection);

    /// <inheritdoc />
    public Task<bool> ClaimAsync(string holder, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = Schema.TimeOf(_time.GetUtcNow());
        return _connection.RunAsync(
            async cancel =>
            {
                try
                {
                    await Positions
                        .UpdateOneAsync(
                            new BsonDocument
                            {
                                [Schema.Id] = Connections,
                                ["$or"] = new BsonArray
                                {
                                    new BsonDocument(Holder, holder),
                                    new BsonDocument(Until, new BsonDocument("$lte", now)),
                                },
                            },
                            new BsonDocument
                            {
                                ["$set"] = new BsonDocument
                                {
                                    [Holder] = holder,
                                    [Until] = Schema.TimeOf(_time.GetUtcNow() + life),
                                },
                                ["$setOnInsert"] = new BsonDocument(Since, now),
                            },
                            new UpdateOptions { IsUpsert = true },
                            cancel
                        )
                        .ConfigureAwait(false);
                    return true;
                }
                // there, and another one's
                catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
                {
                    return false;
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public async Task<RecordPosition> ReadAsync(CancellationToken cancellationToken)
    {
        var document = await _connection
            .RunAsync(
                cancel =>
                    Positions
                        .Find(new BsonDocument(Schema.Id, Connections))
                        .FirstOrDefaultAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        return document is null
            ? new RecordPosition("", _time.GetUtcNow())
            : new RecordPosition(
                document.GetValue(Cursor, "").AsString,
                Schema.ReadTimeOf(document[Since])
            );
    }

    /// <inheritdoc />
    public Task StoreAsync(string cursor, CancellationToken cancellationToken) =>
        _connection.RunAsync(
            cancel =>
                Positions.UpdateOneAsync(
                    new BsonDocument(Schema.Id, Connections),
                    new BsonDocument("$set", new BsonDocument(Cursor, cursor)),
                    cancellationToken: cancel
                ),
            cancellationToken
        );
}
