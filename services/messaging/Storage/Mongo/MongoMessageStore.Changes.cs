using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Messaging.Messages;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// Changing messages, and the record of changes. A change of an older message is stored as a new one is: by one compare-and-set of the
/// conversation, which holds the changed message, complete, until another takes its place. It is copied to <c>messages</c> before the
/// answer, as what was deleted may stand nowhere after it, and once more before another takes its place, as whoever changed it may have
/// been cut off. Copies carry a version, so that one that arrives late takes the place of nothing newer.
/// </summary>
public sealed partial class MongoMessageStore
{
    /// <inheritdoc />
    public Task<ChangePreparation?> PrepareChangeAsync(
        string conversationId,
        string memberId,
        long number,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                var conversation = await FindAsync(DurableConversations, conversationId, cancel)
                    .ConfigureAwait(false);
                if (conversation?.Find(memberId) is not { } member)
                {
                    return null;
                }
                var message =
                    number < conversation.FirstNumberOf(member)
                        ? null
                        : await FindMessageAsync(conversation, number, cancel)
                            .ConfigureAwait(false);
                if (message?.Message.DeleteTime is not null)
                {
                    // whoever deletes it again may do so because the first time was cut off
                    await CopyChangesAsync(conversation, cancel).ConfigureAwait(false);
                }
                return new ChangePreparation(
                    new Membership(
                        conversation.Kind,
                        [.. conversation.Members.Select(one => one.MemberId)],
                        conversation.MembersVersion
                    ),
                    message?.Message
                );
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<StoredMessage?> ChangeAsync(
        MessageChange change,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            cancel =>
                _turns.TakeAsync(
                    change.ConversationId,
                    () => ChangeInTurnAsync(change, cancel),
                    cancel
                ),
            cancellationToken
        );

    /// <inheritdoc />
    public Task<RecordBounds> GetRecordBoundsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new RecordBounds(_stamps.Settled, _stamps.Greatest));

    /// <inheritdoc />
    public async Task<RecordLook> LookAsync(
        IReadOnlyCollection<string> memberIds,
        long after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // before the look: what is settled now is visible to it
        var settled = _stamps.Settled;
        var documents = await _connection
            .RunAsync(
                cancel =>
                    Conversations
                        .Find(
                            new BsonDocument
                            {
                                [Schema.Audience] = new BsonDocument(
                                    "$in",
                                    new BsonArray(memberIds)
                                ),
                                [Schema.Stamp] = new BsonDocument("$gt", after),
                            }
                        )
                        .Sort(new BsonDocument(Schema.Stamp, 1))
                        .Limit(limit)
                        .Project(
                            new BsonDocument
                            {
                                [Schema.Stamp] = 1,
                                [Schema.Audience] = 1,
                                [Schema.Former] = 1,
                            }
                        )
                        .ToListAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        var asked = memberIds.ToHashSet(StringComparer.Ordinal);
        return new RecordLook(
            settled,
            [
                .. documents.Select(document =>
                {
                    var longGone = document[Schema.Former]
                        .AsBsonArray.Where(former => former[Schema.Left].ToInt64() <= after)
                        .Select(former => former[Schema.MemberId].AsString);
                    return new ChangedConversation(
                        document[Schema.Id].AsString,
                        document[Schema.Stamp].ToInt64(),
                        [
                            .. document[Schema.Audience]
                                .AsBsonArray.Select(member => member.AsString)
                                .Except(longGone, StringComparer.Ordinal)
                                .Where(asked.Contains),
                        ]
                    );
                }),
            ]
        );
    }

    /// <inheritdoc />
    public Task<ConversationChanges?> ReadChangesAsync(
        string conversationId,
        string memberId,
        long after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                // what is told must not be taken back
                var conversation = await FindAsync(DurableConversations, conversationId, cancel)
                    .ConfigureAwait(false);
                if (conversation?.Find(memberId) is { } member)
                {
                    return await ReadChangesAsync(conversation, member, after, limit, cancel)
                        .ConfigureAwait(false);
                }
                var former = conversation?.Former.FirstOrDefault(one => one.MemberId == memberId);
                return former is null
                    ? null
                    : ConversationChanges.Of(
                        former.Left > after
                            ? [new ConversationChange(former.Left, ChangeKind.Left)]
                            : [],
                        conversation!.Stamp,
                        conversation.Stamp,
                        limit
                    );
            },
            cancellationToken
        );

    private async Task<ConversationChanges> ReadChangesAsync(
        ConversationState conversation,
        MemberState member,
        long after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var upTo = conversation.Stamp;
        var changes = new List<ConversationChange>();
        if (upTo <= after)
        {
            return new ConversationChanges(upTo, false, changes);
        }
        var complete = upTo;
        var first = conversation.FirstNumberOf(member);
        if (conversation.BeforeLast > after)
        {
            var sent = await ReadCopiesAsync(Schema.Sent, record => record.Sent)
                .ConfigureAwait(false);
            changes.AddRange(sent.Select(record => Sent(conversation.Latest(record))));
        }
        if (conversation.CopiedChange > after)
        {
            var changed = await ReadCopiesAsync(Schema.Changed, record => record.Changed)
                .ConfigureAwait(false);
            // those that the conversation holds changed are told as it holds them
            changes.AddRange(
                changed.Where(record => conversation.Latest(record) == record).Select(Changed)
            );
        }
        changes.AddRange(
            conversation
                .Changes.Where(record => record.Changed > after && record.Message.Number >= first)
                .Select(Changed)
        );
        if (conversation.LastMessage is { } last && last.Message.Number >= first)
        {
            if (last.Sent > after)
            {
                changes.Add(Sent(last));
            }
            if (last.Changed > after)
            {
                changes.Add(Changed(last));
            }
        }
        changes.AddRange(
            conversation.Members.Where(one => one.ReadStamp > after).Select(one => Read(one))
        );
        if (conversation.Shape > after)
        {
            changes.Add(
                new ConversationChange(conversation.Shape, ChangeKind.ConversationChanged)
                {
                    Conversation = conversation.WithPreview().ViewOf(member.MemberId),
                }
            );
        }
        return ConversationChanges.Of(Once(changes), complete, upTo, limit);

        // what was copied, but for the newest, which is told as the conversation holds it
        async Task<IEnumerable<MessageRecord>> ReadCopiesAsync(
            string field,
            Func<MessageRecord, long> stampOf
        )
        {
            var records = await ReadRecordsAsync(
                    conversation,
                    field,
                    after,
                    first,
                    limit,
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (records.Count == limit)
            {
                complete = Math.Min(complete, stampOf(records[^1]));
            }
            return records.Where(record => record.Message.Number < conversation.LastNumber);
        }
    }

    /// <summary>What was copied, and then did not lose its place in the conversation, is there twice.</summary>
    private static IEnumerable<ConversationChange> Once(IEnumerable<ConversationChange> changes) =>
        changes.DistinctBy(change => change.Stamp);

    private static ConversationChange Sent(MessageRecord record) =>
        new(record.Sent, ChangeKind.MessageSent) { Message = record.Message };

    private static ConversationChange Changed(MessageRecord record) =>
        new(record.Changed, ChangeKind.MessageChanged) { Message = record.Message };

    private static ConversationChange Read(MemberState member) =>
        new(member.ReadStamp, ChangeKind.ReadMoved)
        {
            Reader = new ConversationMember(
                member.MemberId,
                member.JoinTime,
                member.AddedById,
                member.ReadNumber
            ),
            ReadTime = member.ReadTime ?? member.JoinTime,
        };

    private async Task<List<MessageRecord>> ReadRecordsAsync(
        ConversationState conversation,
        string stamp,
        long after,
        long first,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var documents = await Messages
            .Find(
                new BsonDocument
                {
                    [Schema.Conversation] = conversation.Id,
                    [stamp] = new BsonDocument
                    {
                        ["$gt"] = after,
                        // what is newer than the conversation as it was read is for the next time
                        ["$lte"] = conversation.Stamp,
                    },
                    [Schema.Number] = new BsonDocument("$gte", first),
                }
            )
            .Sort(new BsonDocument(stamp, 1))
            .Limit(limit)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        return documents.ConvertAll(document => MessageBson.Read(document, conversation.Id));
    }

    private async Task<StoredMessage?> ChangeInTurnAsync(
        MessageChange change,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var conversation = await FindAsync(
                    DurableConversations,
                    change.ConversationId,
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (
                conversation is null
                || (
                    change.MembershipVersion is { } version
                    && version != conversation.MembersVersion
                )
                || await FindMessageAsync(conversation, change.Number, cancellationToken)
                    .ConfigureAwait(false)
                    is not { } record
                || record.Message.Version != change.ReadVersion
            )
            {
                return null;
            }
            var changed = record with { Message = change.ApplyTo(record.Message) };
            await CopyChangesAsync(conversation, cancellationToken).ConfigureAwait(false);
            if (
                await TrySwapAsync(
                        conversation,
                        ConversationBson.SetChanged(conversation, conversation.Change([changed])),
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            )
            {
                // as it is now, with the stamps that it was given, or as others have changed it since
                if (
                    await FindAsync(DurableConversations, change.ConversationId, cancellationToken)
                        .ConfigureAwait(false) is
                    { } stored
                )
                {
                    await CopyChangesAsync(stored, cancellationToken).ConfigureAwait(false);
                }
                return changed.Message;
            }
        }
    }

    /// <summary>Puts what the conversation holds changed in the place of what <c>messages</c> holds of it.</summary>
    private async Task CopyChangesAsync(
        ConversationState conversation,
        CancellationToken cancellationToken
    )
    {
        // an append that was cut off has left a copy of the newest too
        MessageRecord[] changed = conversation.LastMessage is { Message.Version: > 0 } last
            ? [.. conversation.Changes, last]
            : [.. conversation.Changes];
        if (changed.Length > 0)
        {
            // none is inserted: the older ones are there, but those that retention has deleted
            await Messages
                .BulkWriteAsync(
                    changed.Select(record => new ReplaceOneModel<BsonDocument>(
                        MessageBson.FilterOlder(record),
                        MessageBson.Write(record)
                    )),
                    new BulkWriteOptions { IsOrdered = false },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
    }

    private async Task<MessageRecord?> FindMessageAsync(
        ConversationState conversation,
        long number,
        CancellationToken cancellationToken
    )
    {
        if (number >= conversation.LastNumber)
        {
            return conversation.LastMessage?.Message.Number == number
                ? conversation.LastMessage
                : null;
        }
        if (number < conversation.FirstKept)
        {
            return null;
        }
        var document = await Messages
            .Find(MessageBson.Filter(conversation.Id, number, number))
            .FirstOrDefaultAsync(cancellationToken)
            .ConfigureAwait(false);
        return document is null
            ? null
            : conversation.Latest(MessageBson.Read(document, conversation.Id));
    }
}
