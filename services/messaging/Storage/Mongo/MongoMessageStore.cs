using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
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
    private static readonly TimeSpan StartsCount = TimeSpan.FromHours(24);

    private readonly MongoConnection _connection;
    private readonly TimeProvider _time;
    private readonly IMongoCollection<BsonDocument> _conversations;
    private readonly IMongoCollection<BsonDocument> _durableConversations;
    private readonly IMongoCollection<BsonDocument> _messages;
    private readonly IMongoCollection<BsonDocument> _starts;
    private readonly Turns _turns = new();
    private readonly Stamps _stamps;

    public MongoMessageStore(MongoConnection connection, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _time = time;
        _stamps = new Stamps(connection.CommandTimeout, time);
        _conversations = connection.Collection(Schema.Conversations);
        _durableConversations = _conversations.WithReadConcern(ReadConcern.Majority);
        _messages = connection.Collection(Schema.Messages);
        _starts = connection.Collection(Schema.Starts);
    }

    /// <summary>What has to be there before the store serves.</summary>
    public static IReadOnlyList<MongoIndexes> Indexes => Schema.Indexes;

    /// <inheritdoc />
    public Task<StartedConversation?> FindStartAsync(
        string memberId,
        string requestId,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                var start = await FindCountingAsync(StartBson.IdOf(memberId, requestId), cancel)
                    .ConfigureAwait(false);
                // without its conversation it was cut off: whoever repeats it makes the conversation
                return start is null
                    ? null
                    : await OutcomeAsync(start, cancel).ConfigureAwait(false);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<StartedConversation> StartAsync(
        NewConversation conversation,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                if (conversation.RequestId.Length == 0)
                {
                    var state = ConversationState.Begin(conversation, startKey: null);
                    return new StartedConversation(
                        conversation.Id,
                        await TryBeginAsync(state, cancel).ConfigureAwait(false),
                        conversation.Fingerprint
                    );
                }
                var start = await ClaimAsync(conversation, cancel).ConfigureAwait(false);
                if (start.Fingerprint != conversation.Fingerprint)
                {
                    return new StartedConversation(
                        start.ConversationId,
                        Created: false,
                        start.Fingerprint
                    );
                }
                var begun = ConversationState.Begin(
                    conversation with
                    {
                        Id = start.ConversationId,
                        Time = start.Time,
                    },
                    start.Key
                );
                await TryBeginAsync(begun, cancel).ConfigureAwait(false);
                return await OutcomeAsync(start, cancel).ConfigureAwait(false)
                    ?? throw new InvalidOperationException(
                        "A conversation that was just made or met is not there; nothing deletes one."
                    );
            },
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<ConversationView?> FindConversationAsync(
        string conversationId,
        string memberId,
        CancellationToken cancellationToken
    ) =>
        (
            await _connection
                .RunAsync(
                    cancel => PreviewAsync(_conversations, conversationId, cancel),
                    cancellationToken
                )
                .ConfigureAwait(false)
        )?.ViewOf(memberId);

    /// <inheritdoc />
    public async Task<ConversationPage> ListConversationsAsync(
        string memberId,
        string? after,
        int limit,
        bool unreadOnly,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument(unreadOnly ? Schema.UnreadBy : Schema.IdOfMember, memberId);
        if (after is not null)
        {
            ListPosition.Parse(after).Narrow(filter);
        }
        var documents = await _connection
            .RunAsync(
                cancel =>
                    _conversations
                        .Find(filter)
                        .Sort(ListPosition.Order)
                        .Limit(limit + 1)
                        .Project(ConversationBson.PreviewFields)
                        .ToListAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        ConversationState[] page = [.. documents.Take(limit).Select(ConversationBson.Read)];
        return new ConversationPage(
            // a pair goes on naming an erased member, who is in it no more
            [
                .. page.Select(conversation => conversation.ViewOf(memberId))
                    .OfType<ConversationView>(),
            ],
            documents.Count > limit ? ListPosition.Of(page[^1]).ToString() : null
        );
    }

    /// <inheritdoc />
    public Task<SendPreparation> PrepareAsync(
        string conversationId,
        string senderId,
        string requestId,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                // what an append will see at least: a version that it does not know yet would be refused there
                var conversation = await PreviewAsync(_durableConversations, conversationId, cancel)
                    .ConfigureAwait(false);
                if (conversation is null)
                {
                    return new SendPreparation(null, null);
                }
                return new SendPreparation(
                    conversation.Find(senderId) is null
                        ? null
                        : new Membership(
                            conversation.Kind,
                            [.. conversation.Members.Select(member => member.MemberId)],
                            conversation.MembersVersion
                        ),
                    await FindRequestAsync(conversation, senderId, requestId, cancel)
                        .ConfigureAwait(false)
                );
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<AppendResult> AppendAsync(
        MessageDraft draft,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            cancel =>
                _turns.TakeAsync(
                    draft.ConversationId,
                    () => AppendInTurnAsync(draft, cancel),
                    cancel
                ),
            cancellationToken
        );

    /// <inheritdoc />
    public Task<MessagePage?> ReadMessagesAsync(
        string conversationId,
        string memberId,
        MessageRange range,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                var conversation = await FindAsync(_conversations, conversationId, cancel)
                    .ConfigureAwait(false);
                return conversation?.Find(memberId) is { } reader
                    ? await ReadPageAsync(conversation, reader, range, cancel).ConfigureAwait(false)
                    : null;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<ReadMark?> MarkReadAsync(
        string conversationId,
        string memberId,
        long number,
        DateTimeOffset time,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            cancel =>
                _turns.TakeAsync(
                    conversationId,
                    () => MarkReadInTurnAsync(conversationId, memberId, number, time, cancel),
                    cancel
                ),
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<UnreadCounts> CountUnreadAsync(
        string memberId,
        CancellationToken cancellationToken
    )
    {
        const string Conversations = "conversations";
        const string Messages = "messages";
        BsonDocument[] pipeline =
        [
            new("$match", new BsonDocument(Schema.UnreadBy, memberId)),
            new("$project", new BsonDocument(Schema.Members, 1)),
            new("$unwind", $"${Schema.Members}"),
            new("$match", new BsonDocument(Schema.IdOfMember, memberId)),
            new(
                "$group",
                new BsonDocument
                {
                    [Schema.Id] = BsonNull.Value,
                    [Conversations] = new BsonDocument("$sum", 1),
                    [Messages] = new BsonDocument("$sum", $"${Schema.Members}.{Schema.Unread}"),
                }
            ),
        ];
        var group = await _connection
            .RunAsync(
                cancel =>
                    _conversations
                        .Aggregate<BsonDocument>(pipeline, cancellationToken: cancel)
                        .FirstOrDefaultAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        return group is null
            ? new UnreadCounts(0, 0)
            : new UnreadCounts(group[Conversations].ToInt64(), group[Messages].ToInt64());
    }

    private async Task<AppendResult> AppendInTurnAsync(
        MessageDraft draft,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var conversation = await FindAsync(
                    _durableConversations,
                    draft.ConversationId,
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (conversation is null)
            {
                return new AppendResult(AppendOutcome.MembershipChanged);
            }
            // Before the request is looked for: the primary that takes the copy has all that was acknowledged before.
            if (conversation.LastMessage is { } last)
            {
                await CopyAsync(last, cancellationToken).ConfigureAwait(false);
            }
            var earlier = await FindRequestAsync(
                    conversation,
                    draft.SenderId,
                    draft.RequestId,
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (earlier is not null)
            {
                return earlier.Fingerprint == draft.Fingerprint
                    ? new AppendResult(AppendOutcome.Repeated, earlier.Number, earlier.CreateTime)
                    : new AppendResult(AppendOutcome.RequestReused);
            }
            // the version stands for the members, the sender among them
            if (conversation.MembersVersion != draft.MembershipVersion)
            {
                return new AppendResult(AppendOutcome.MembershipChanged);
            }
            if (
                draft.Kind == MessageKind.MembersAdded
                && conversation.Former.Count >= draft.MaxFormerMembers
            )
            {
                return new AppendResult(AppendOutcome.TooManyHaveLeft);
            }
            var next = conversation.Append(draft);
            if (
                await TrySwapAsync(
                        conversation,
                        ConversationBson.SetAppended(conversation, next),
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            )
            {
                return new AppendResult(
                    AppendOutcome.Stored,
                    next.LastNumber,
                    next.LastActivityTime
                );
            }
        }
    }

    private async Task<ReadMark?> MarkReadInTurnAsync(
        string conversationId,
        string memberId,
        long number,
        DateTimeOffset time,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var conversation = await PreviewAsync(_conversations, conversationId, cancellationToken)
                .ConfigureAwait(false);
            if (conversation?.Find(memberId) is not { } reader)
            {
                return null;
            }
            if (number > conversation.LastNumber || number <= reader.ReadNumber)
            {
                return new ReadMark(
                    reader.ReadNumber,
                    reader.Unread,
                    number > conversation.LastNumber
                );
            }
            var unread = await CountOfOthersAsync(conversation, memberId, number, cancellationToken)
                .ConfigureAwait(false);
            var next = conversation.MarkRead(memberId, number, unread, time);
            if (
                await TrySwapAsync(
                        conversation,
                        ConversationBson.SetRead(conversation, next),
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            )
            {
                return new ReadMark(number, unread)
                {
                    MemberIds = [.. next.Members.Select(member => member.MemberId)],
                };
            }
        }
    }

    private async Task<MessagePage> ReadPageAsync(
        ConversationState conversation,
        MemberState reader,
        MessageRange range,
        CancellationToken cancellationToken
    )
    {
        // the end as it was found: what is appended meanwhile is for the next page
        var last = conversation.LastNumber;
        var first = conversation.FirstNumberOf(reader);
        var low = range.NewestFirst ? first : Math.Max(range.Start, first);
        var high = range.NewestFirst && range.Start != 0 ? Math.Min(range.Start, last) : last;
        var page = new List<StoredMessage>(range.Limit);
        var bytes = 0;
        var withLast = conversation.LastMessage is not null && low <= last && last <= high;
        if (withLast && range.NewestFirst)
        {
            Take(conversation.LastMessage!.Message);
        }
        // no document is read for a page that is full already
        var copied = Math.Min(high, last - 1);
        // Numbers have no gaps, so both ends of what a page takes are known: no engine is left to sort the rest of the conversation.
        var room = range.Limit - page.Count;
        var from = range.NewestFirst ? Math.Max(low, copied - room + 1) : low;
        var to = range.NewestFirst ? copied : low + Math.Min(copied - low, room - 1);
        if (from <= to && !IsFull())
        {
            using var cursor = await _messages
                .Find(MessageBson.Filter(conversation.Id, from, to))
                .Sort(new BsonDocument(Schema.Number, range.NewestFirst ? -1 : 1))
                .Limit(room)
                .ToCursorAsync(cancellationToken)
                .ConfigureAwait(false);
            while (!IsFull() && await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                foreach (var document in cursor.Current.TakeWhile(_ => !IsFull()))
                {
                    Take(conversation.Latest(MessageBson.Read(document, conversation.Id)).Message);
                }
            }
        }
        // retention may have deleted some of them since: what lies between is not skipped
        if (withLast && !range.NewestFirst && to == copied && !IsFull())
        {
            Take(conversation.LastMessage!.Message);
        }
        long? next = page switch
        {
            [.., var end] when range.NewestFirst && end.Number > low => end.Number - 1,
            [.., var end] when !range.NewestFirst && end.Number < high => end.Number + 1,
            [] when !range.NewestFirst && low <= to && to < copied => to + 1,
            _ => null,
        };
        return new MessagePage(page, next, last);

        bool IsFull() => page.Count >= range.Limit || bytes >= range.MaxBytes;

        void Take(StoredMessage message)
        {
            page.Add(message);
            bytes += message.CountBytes();
        }
    }

    private async Task<long> CountOfOthersAsync(
        ConversationState conversation,
        string memberId,
        long after,
        CancellationToken cancellationToken
    )
    {
        if (after >= conversation.LastNumber)
        {
            return 0;
        }
        var filter = MessageBson.Filter(conversation.Id, after + 1, conversation.LastNumber - 1);
        filter[Schema.Sender] = new BsonDocument("$ne", memberId);
        var copied = await _messages
            .CountDocumentsAsync(filter, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return conversation.LastMessage!.Message.SenderId == memberId ? copied : copied + 1;
    }

    /// <summary>
    /// What a request stored. Asked of a conversation that was read before: all older messages are in <c>messages</c> then.
    /// </summary>
    private async Task<EarlierRequest?> FindRequestAsync(
        ConversationState conversation,
        string senderId,
        string requestId,
        CancellationToken cancellationToken
    )
    {
        if (requestId.Length == 0)
        {
            return null;
        }
        if (conversation.LastMessage?.As(senderId, requestId) is { } last)
        {
            return last;
        }
        var document = await _messages
            .Find(MessageBson.Filter(conversation.Id, senderId, requestId))
            .FirstOrDefaultAsync(cancellationToken)
            .ConfigureAwait(false);
        return document is null
            ? null
            : MessageBson.Read(document, conversation.Id).As(senderId, requestId);
    }

    private async Task<bool> TrySwapAsync(
        ConversationState read,
        UpdateDefinition<BsonDocument> update,
        CancellationToken cancellationToken
    ) =>
        // this sort of update, as it alone can be bounded: what the server still does later would be past the window of stamps
        await _conversations
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

    /// <summary>Makes a conversation unless it is there; whether it was made.</summary>
    private async Task<bool> TryBeginAsync(
        ConversationState conversation,
        CancellationToken cancellationToken
    )
    {
        try
        {
            // An upsert that finds nothing, as an insert can ask the server for no stamp; one that is there is met by the key.
            await _conversations
                .FindOneAndUpdateAsync<BsonDocument>(
                    ConversationBson.FilterAbsent(conversation.Id),
                    Builders<BsonDocument>.Update.Pipeline(
                        PipelineDefinition<BsonDocument, BsonDocument>.Create(
                            ConversationBson.Insert(conversation)
                        )
                    ),
                    new FindOneAndUpdateOptions<BsonDocument>
                    {
                        IsUpsert = true,
                        Projection = new BsonDocument(Schema.Id, 1),
                        MaxTime = _connection.CommandTimeout,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return true;
        }
        catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
        {
            return false;
        }
    }

    /// <summary>Puts the newest message among the older ones, unless it stands there as new as this or newer.</summary>
    private async Task CopyAsync(MessageRecord record, CancellationToken cancellationToken)
    {
        if (record.Message.Version == 0)
        {
            await TryInsertAsync(_messages, MessageBson.Write(record), cancellationToken)
                .ConfigureAwait(false);
            return;
        }
        try
        {
            await _messages
                .ReplaceOneAsync(
                    MessageBson.FilterOlder(record),
                    MessageBson.Write(record),
                    new ReplaceOptions { IsUpsert = true },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (MongoWriteException exception) when (IsThere(exception)) { }
    }

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

    // The start that holds the request id: this one, or an earlier one that still counts.
    private async Task<StartRecord> ClaimAsync(
        NewConversation conversation,
        CancellationToken cancellationToken
    )
    {
        var id = StartBson.IdOf(conversation.CreatorId, conversation.RequestId);
        var claim = new StartRecord(
            conversation.Id,
            conversation.Fingerprint,
            conversation.Time,
            ObjectId.GenerateNewId()
        );
        while (true)
        {
            try
            {
                // an insert is an upsert that looks for one that has lapsed: one that counts is met by the key
                await _starts
                    .UpdateOneAsync(
                        StartBson.FilterLapsed(id, CountedFrom()),
                        StartBson.Set(claim),
                        new UpdateOptions { IsUpsert = true },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                return claim;
            }
            catch (MongoWriteException exception) when (IsThere(exception))
            {
                var earlier = await FindCountingAsync(id, cancellationToken).ConfigureAwait(false);
                // null: it lapsed between the two
                if (earlier is not null)
                {
                    return earlier;
                }
            }
        }
    }

    private async Task<StartRecord?> FindCountingAsync(
        string id,
        CancellationToken cancellationToken
    )
    {
        var document = await _starts
            .Find(StartBson.FilterCounting(id, CountedFrom()))
            .FirstOrDefaultAsync(cancellationToken)
            .ConfigureAwait(false);
        return document is null ? null : StartBson.Read(document);
    }

    // Null while the conversation is not there.
    private async Task<StartedConversation?> OutcomeAsync(
        StartRecord start,
        CancellationToken cancellationToken
    )
    {
        var conversation = await PreviewAsync(
                _conversations,
                start.ConversationId,
                cancellationToken
            )
            .ConfigureAwait(false);
        return conversation is null
            ? null
            : new StartedConversation(
                start.ConversationId,
                Created: conversation.StartKey == start.Key,
                start.Fingerprint
            );
    }

    private DateTimeOffset CountedFrom() => _time.GetUtcNow() - StartsCount;

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
