using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// Searching by an index of words. It is one of ours rather than a text index: that one cannot give the newest first, takes any of several words
/// for all of them, and splits words its own way; this one asks one shard for one conversation, in order.
/// </summary>
public sealed partial class MongoMessageStore
{
    // of the latest activity; what is beyond them is not searched, and the answer says so
    private const int MaxSearched = 200;
    private const int SearchedAtOnce = 4;

    /// <inheritdoc />
    public Task<SearchPage?> SearchAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        var after = query.After is null ? null : SearchPosition.Parse(query.After);
        return _connection.RunAsync(
            async cancel =>
            {
                var conversations = await FindSearchedAsync(query, cancel).ConfigureAwait(false);
                if (query.ConversationId.Length > 0 && conversations.Count == 0)
                {
                    return null;
                }
                var isComplete = conversations.Count <= MaxSearched;
                var found = new List<StoredMessage>();
                foreach (var some in conversations.Take(MaxSearched).Chunk(SearchedAtOnce))
                {
                    // newest activity first: nothing further down is newer than what is there already
                    if (
                        found.Count > query.Limit
                        && Newest(found, query.Limit + 1)[^1].CreateTime > some[0].LastActivityTime
                    )
                    {
                        isComplete = true;
                        break;
                    }
                    var hits = await Task.WhenAll(
                            some.Select(one => SearchAsync(one, query, after, cancel))
                        )
                        .ConfigureAwait(false);
                    found.AddRange(hits.SelectMany(hit => hit));
                }
                var page = Newest(found, query.Limit);
                return new SearchPage(
                    page,
                    found.Count > query.Limit ? SearchPosition.Of(page[^1]).ToString() : null,
                    isComplete
                );
            },
            cancellationToken
        );
    }

    private static List<StoredMessage> Newest(IEnumerable<StoredMessage> messages, int limit) =>
        [.. messages.OrderByDescending(SearchPosition.Of).Take(limit)];

    private async Task<List<ConversationState>> FindSearchedAsync(
        SearchQuery query,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument(Schema.IdOfMember, query.MemberId);
        if (query.ConversationId.Length > 0)
        {
            filter[Schema.Id] = query.ConversationId;
        }
        var documents = await Conversations
            .Find(filter)
            .Sort(ListPosition.Order)
            .Limit(MaxSearched + 1)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        return
        [
            .. documents
                .Select(ConversationBson.Read)
                .Where(conversation => conversation.Find(query.MemberId) is not null),
        ];
    }

    private async Task<IEnumerable<StoredMessage>> SearchAsync(
        ConversationState conversation,
        SearchQuery query,
        SearchPosition? after,
        CancellationToken cancellationToken
    )
    {
        var filter = MessageBson.Filter(
            conversation.Id,
            conversation.FirstNumberOf(conversation.Find(query.MemberId)!),
            conversation.LastNumber - 1
        );
        filter[Schema.Words] = new BsonDocument("$all", new BsonArray(query.Words));
        if (query.SenderId.Length > 0)
        {
            filter[Schema.Sender] = query.SenderId;
        }
        if (after is not null)
        {
            // the time alone may leave out what was stored in the same millisecond; that is sorted out below
            filter[Schema.Created] = new BsonDocument("$lte", new BsonDateTime(after.Time));
        }
        var documents = await Messages
            .Find(filter)
            .Sort(new BsonDocument(Schema.Number, -1))
            // as many as may be none any more, or may be of the millisecond at which the page before ended
            .Limit(
                query.Limit
                    + 1
                    + conversation.Changes.Count
                    + (after is null ? 0 : SearchHandler.MaxPageSize)
            )
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        // what the conversation holds changed, and its newest message, are not found as they are now by the index
        return documents
            .Select(document => conversation.Latest(MessageBson.Read(document, conversation.Id)))
            .Concat(conversation.Changes)
            .Concat(conversation.LastMessage is { } last ? [last] : [])
            .DistinctBy(record => record.Message.Number)
            .Where(record =>
                record.IsSearchable
                && record.Message.Number
                    >= conversation.FirstNumberOf(conversation.Find(query.MemberId)!)
                && (query.SenderId.Length == 0 || record.Message.SenderId == query.SenderId)
                && (after is null || SearchPosition.Of(record.Message).CompareTo(after) < 0)
                && query.Words.All(
                    SearchWords
                        .Distinct(record.Message.Text)
                        .ToHashSet(StringComparer.Ordinal)
                        .Contains
                )
            )
            .Select(record => record.Message);
    }
}
