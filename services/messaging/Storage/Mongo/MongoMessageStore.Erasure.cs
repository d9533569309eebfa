using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>Erasing members and old messages. Each step finds out by itself what is left; two workers at once do the same thing twice.</summary>
public sealed partial class MongoMessageStore
{
    // they stand in the document of the conversation until they are copied
    private const int ErasedInAStep = 50;
    private const int ScannedInAStep = 20_000;

    /// <inheritdoc />
    public Task<ErasureStep> EraseAsync(
        string memberId,
        DateTimeOffset time,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                while (true)
                {
                    var document = await DurableConversations
                        .Find(new BsonDocument(Schema.Audience, memberId))
                        .Project(new BsonDocument(Schema.Id, 1))
                        .FirstOrDefaultAsync(cancel)
                        .ConfigureAwait(false);
                    if (document is null)
                    {
                        return ErasureStep.Nothing;
                    }
                    var id = document[Schema.Id].AsString;
                    var step = await _turns
                        .TakeAsync(id, () => EraseInTurnAsync(id, memberId, time, cancel), cancel)
                        .ConfigureAwait(false);
                    // null: somebody else was faster
                    if (step is not null)
                    {
                        return step;
                    }
                }
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<long> DeleteOlderAsync(
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                var document = await DurableConversations
                    .Find(
                        new BsonDocument(
                            Schema.Oldest,
                            new BsonDocument
                            {
                                // what the index holds
                                ["$exists"] = true,
                                ["$lt"] = Schema.TimeOf(before),
                            }
                        )
                    )
                    .Sort(new BsonDocument(Schema.Oldest, 1))
                    .Project(new BsonDocument(Schema.Id, 1))
                    .FirstOrDefaultAsync(cancel)
                    .ConfigureAwait(false);
                if (document is null)
                {
                    return 0;
                }
                var id = document[Schema.Id].AsString;
                return await _turns
                    .TakeAsync(id, () => DeleteOlderInTurnAsync(id, before, limit, cancel), cancel)
                    .ConfigureAwait(false);
            },
            cancellationToken
        );

    private async Task<ErasureStep?> EraseInTurnAsync(
        string conversationId,
        string memberId,
        DateTimeOffset time,
        CancellationToken cancellationToken
    )
    {
        var conversation = await FindAsync(DurableConversations, conversationId, cancellationToken)
            .ConfigureAwait(false);
        if (conversation is null)
        {
            return null;
        }
        if (conversation.Find(memberId) is not null)
        {
            var left = conversation.Remove(memberId);
            return await TrySwapAsync(
                    conversation,
                    ConversationBson.SetChanged(conversation, left),
                    cancellationToken
                )
                .ConfigureAwait(false)
                ? new ErasureStep(conversationId, 0, Left: true, [.. conversation.Audience])
                : null;
        }
        if (conversation.Former.FirstOrDefault(one => one.MemberId == memberId) is not { } former)
        {
            return null;
        }
        var (messages, upTo) = await FindErasableAsync(conversation, former, cancellationToken)
            .ConfigureAwait(false);
        var changed = conversation.Change([
            .. messages.Select(record =>
                record with
                {
                    Message = MessageChange
                        .Deletion(record.Message, time)
                        .ApplyTo(record.Message) with
                    {
                        Edits = [],
                    },
                }
            ),
        ]);
        // The last messages are copied by the step after theirs: until then the member's trace stays, by which it is found.
        var next =
            messages.Count == 0 && upTo == conversation.LastNumber
                ? changed.Forget(memberId)
                : changed.NoteErased(memberId, upTo);
        await CopyChangesAsync(conversation, cancellationToken).ConfigureAwait(false);
        return await TrySwapAsync(
                conversation,
                ConversationBson.SetChanged(conversation, next),
                cancellationToken
            )
            .ConfigureAwait(false)
            ? new ErasureStep(
                conversationId,
                messages.Count,
                Left: false,
                [.. conversation.Audience]
            )
            : null;
    }

    private async Task<(List<MessageRecord> Messages, long UpTo)> FindErasableAsync(
        ConversationState conversation,
        FormerMember former,
        CancellationToken cancellationToken
    )
    {
        var upTo = Math.Min(conversation.LastNumber, former.Erased + ScannedInAStep);
        var filter = MessageBson.Filter(
            conversation.Id,
            former.Erased + 1,
            Math.Min(upTo, conversation.LastNumber - 1)
        );
        filter[Schema.Sender] = former.MemberId;
        var documents = await Messages
            .Find(filter)
            .Sort(new BsonDocument(Schema.Number, 1))
            .Limit(ErasedInAStep)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        var found = documents.ConvertAll(document =>
            conversation.Latest(MessageBson.Read(document, conversation.Id))
        );
        if (found.Count == ErasedInAStep)
        {
            upTo = found[^1].Message.Number;
        }
        else if (
            upTo == conversation.LastNumber
            && conversation.LastMessage is { } last
            && last.Message.SenderId == former.MemberId
        )
        {
            found.Add(last);
        }
        found.RemoveAll(record => record.Message.DeleteTime is not null);
        return (found, upTo);
    }

    private async Task<long> DeleteOlderInTurnAsync(
        string conversationId,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var conversation = await FindAsync(DurableConversations, conversationId, cancellationToken)
            .ConfigureAwait(false);
        if (conversation?.Oldest is null)
        {
            return 0;
        }
        // those before the first that is kept were left by a step that was cut off
        var older = await FindOlderAsync(conversation, before, limit, cancellationToken)
            .ConfigureAwait(false);
        var upTo = older.Count == 0 ? conversation.FirstKept - 1 : older[^1].Number;
        if (
            older.Count < limit
            && upTo == conversation.LastNumber - 1
            && conversation.LastMessage is { } last
            && last.Message.CreateTime < before
        )
        {
            older.Add((last.Message.Number, last.Message.SenderId));
            upTo = last.Message.Number;
        }
        var next = conversation;
        if (upTo >= conversation.FirstKept)
        {
            next = conversation.Trim(
                upTo,
                [.. older.Where(message => message.Number >= conversation.FirstKept)]
            );
            if (
                !await TrySwapAsync(
                        conversation,
                        ConversationBson.SetTrimmed(next),
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            )
            {
                return 0;
            }
        }
        await Messages
            .DeleteManyAsync(
                MessageBson.Filter(conversationId, 0, next.FirstKept - 1),
                cancellationToken
            )
            .ConfigureAwait(false);
        var first = await FindMessageAsync(next, next.FirstKept, cancellationToken)
            .ConfigureAwait(false);
        // if it fails, the next step finds the conversation again, and nothing to delete in it
        await TrySwapAsync(
                next,
                ConversationBson.SetOldest(next, first?.Message.CreateTime),
                cancellationToken
            )
            .ConfigureAwait(false);
        return older.Count;
    }

    private async Task<List<(long Number, string SenderId)>> FindOlderAsync(
        ConversationState conversation,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var documents = await Messages
            .Find(MessageBson.Filter(conversation.Id, 0, conversation.LastNumber - 1))
            .Sort(new BsonDocument(Schema.Number, 1))
            .Limit(limit)
            .Project(
                new BsonDocument
                {
                    [Schema.Number] = 1,
                    [Schema.Sender] = 1,
                    [Schema.Created] = 1,
                }
            )
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        return
        [
            .. documents
                .TakeWhile(document => Schema.ReadTimeOf(document[Schema.Created]) < before)
                .Select(document =>
                    (document[Schema.Number].ToInt64(), document[Schema.Sender].AsString)
                ),
        ];
    }
}
