using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Storage.Mongo;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// The message store on MongoDB, for any number of processes. Fields and indexes: <see cref="MessagingSchema"/>.
/// <para>
/// The document of a conversation holds its members with what each has read, and its newest message, complete. A message is
/// stored by one compare-and-set of that document, with all that follows from it. Before the swap takes its place, the message
/// before it is copied to <c>messages</c>. So 1 .. n-1 are there whenever n is the newest, and a crash leaves nothing to mend: either the
/// swap happened, or at most a copy stands in <c>messages</c> of what the conversation holds too.
/// </para>
/// </summary>
/// <remarks>
/// What is copied to another document, perhaps on another shard, must not be taken back where it came from. So an append reads
/// what a majority holds. A swap or a copy that fails is answered only when a majority holds what made it fail: the next read sees that,
/// and the loop does not turn in vain.
/// </remarks>
public sealed partial class MongoMessageStore : IMessageStore
{
    private readonly MongoConnection _connection;
    private readonly TimeProvider _time;
    private readonly Turns _turns = new();
    private readonly Stamps _stamps;

    public MongoMessageStore(MongoConnection connection, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _time = time;
        _stamps = new Stamps(connection.CommandTimeout, time);
    }

    /// <summary>What has to be there before the store serves.</summary>
    public static IReadOnlyList<MongoIndexes> Indexes => Schema.Indexes;

    private IMongoCollection<BsonDocument> Conversations =>
        _connection.Collection(Schema.Conversations);

    private IMongoCollection<BsonDocument> DurableConversations =>
        _connection.DurableCollection(Schema.Conversations);

    private IMongoCollection<BsonDocument> Messages => _connection.Collection(Schema.Messages);

    private IMongoCollection<BsonDocument> Starts => _connection.Collection(Schema.Starts);

    private async Task<bool> TrySwapAsync(
        ConversationState read,
        UpdateDefinition<BsonDocument> update,
        CancellationToken cancellationToken
    ) =>
        // this sort of update, as it alone can be bounded: what the server still does later would be past the window of stamps
        await Conversations
            .FindOneAndUpdateAsync<BsonDocument>(
                ConversationBson.Filter(read),
                update,
                new FindOneAndUpdateOptions<BsonDocument>
                {
                    Projection = new BsonDocument(Schema.Id, 1),
                    MaxTime = _connection.CommandTimeout,
                },
                cancellationToken
            )
            .ConfigureAwait(false)
            is not null;

    private Task<bool> TrySwapAsync(
        ConversationState read,
        BsonDocument[] stages,
        CancellationToken cancellationToken
    ) =>
        TrySwapAsync(
            read,
            Builders<BsonDocument>.Update.Pipeline(
                PipelineDefinition<BsonDocument, BsonDocument>.Create(stages)
            ),
            cancellationToken
        );

    private static async Task<bool> TryInsertAsync(
        IMongoCollection<BsonDocument> collection,
        BsonDocument document,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await collection
                .InsertOneAsync(document, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        // by whomever: what is inserted under one key is the same thing each time
        catch (MongoWriteException exception) when (IsThere(exception))
        {
            return false;
        }
    }

    // The answer that a key is taken waits until a majority has what took it. One that could not wait so long proves nothing.
    private static bool IsThere(MongoWriteException exception) =>
        MongoErrors.IsDuplicateKey(exception) && exception.WriteConcernError is null;

    private static Task<ConversationState?> FindAsync(
        IMongoCollection<BsonDocument> conversations,
        string conversationId,
        CancellationToken cancellationToken
    ) => ReadAsync(conversations.Find(ConversationBson.Filter(conversationId)), cancellationToken);

    private static Task<ConversationState?> PreviewAsync(
        IMongoCollection<BsonDocument> conversations,
        string conversationId,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            conversations
                .Find(ConversationBson.Filter(conversationId))
                .Project(ConversationBson.PreviewFields),
            cancellationToken
        );

    private static async Task<ConversationState?> ReadAsync(
        IFindFluent<BsonDocument, BsonDocument> find,
        CancellationToken cancellationToken
    )
    {
        var document = await find.FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return document is null ? null : ConversationBson.Read(document);
    }
}
