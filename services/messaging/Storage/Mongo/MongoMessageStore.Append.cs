using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Messages;
using Platform.Storage.Mongo;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <content>Adding messages: numbers without gaps, each request once.</content>
public sealed partial class MongoMessageStore
{
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
                var conversation = await PreviewAsync(DurableConversations, conversationId, cancel)
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

    private async Task<AppendResult> AppendInTurnAsync(
        MessageDraft draft,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var conversation = await FindAsync(
                    DurableConversations,
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
        var document = await Messages
            .Find(MessageBson.Filter(conversation.Id, senderId, requestId))
            .FirstOrDefaultAsync(cancellationToken)
            .ConfigureAwait(false);
        return document is null
            ? null
            : MessageBson.Read(document, conversation.Id).As(senderId, requestId);
    }

    /// <summary>Makes a conversation unless it is there; whether it was made.</summary>
    private async Task<bool> TryBeginAsync(
        ConversationState conversation,
        CancellationToken cancellationToken
    )
    {
        try
        {
            // An upsert that finds nothing, as an insert can ask the server for no stamp; one that is there is met by the key.
            await Conversations
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
            await TryInsertAsync(Messages, MessageBson.Write(record), cancellationToken)
                .ConfigureAwait(false);
            return;
        }
        var isThere = false;
        try
        {
            await ReplaceOlderAsync(isUpsert: true).ConfigureAwait(false);
        }
        catch (MongoWriteException exception) when (IsThere(exception))
        {
            isThere = true;
        }
        if (isThere)
        {
            // Mostly something newer. But an older copy, which another process inserts at the same moment, takes the key as well.
            await ReplaceOlderAsync(isUpsert: false).ConfigureAwait(false);
        }

        Task ReplaceOlderAsync(bool isUpsert) =>
            Messages.ReplaceOneAsync(
                MessageBson.FilterOlder(record),
                MessageBson.Write(record),
                new ReplaceOptions { IsUpsert = isUpsert },
                cancellationToken
            );
    }
}
