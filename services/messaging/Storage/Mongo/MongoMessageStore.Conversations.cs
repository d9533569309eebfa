using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Conversations;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <content>Starting conversations, each once, and listing them.</content>
public sealed partial class MongoMessageStore
{
    private static readonly TimeSpan StartsCount = TimeSpan.FromHours(24);

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
                    cancel => PreviewAsync(Conversations, conversationId, cancel),
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
                    Conversations
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
                await Starts
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
        var document = await Starts
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
                Conversations,
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
}
