using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Messages;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <content>Pages of messages, read marks and unread counts.</content>
public sealed partial class MongoMessageStore
{
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
                var conversation = await FindAsync(Conversations, conversationId, cancel)
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
        const string ConversationCount = "conversations";
        const string MessageCount = "messages";
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
                    [ConversationCount] = new BsonDocument("$sum", 1),
                    [MessageCount] = new BsonDocument("$sum", $"${Schema.Members}.{Schema.Unread}"),
                }
            ),
        ];
        var group = await _connection
            .RunAsync(
                cancel =>
                    Conversations
                        .Aggregate<BsonDocument>(pipeline, cancellationToken: cancel)
                        .FirstOrDefaultAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        return group is null
            ? new UnreadCounts(0, 0)
            : new UnreadCounts(group[ConversationCount].ToInt64(), group[MessageCount].ToInt64());
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
            var conversation = await PreviewAsync(Conversations, conversationId, cancellationToken)
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
            using var cursor = await Messages
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
        var copied = await Messages
            .CountDocumentsAsync(filter, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return conversation.LastMessage!.Message.SenderId == memberId ? copied : copied + 1;
    }
}
