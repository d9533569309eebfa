using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Storage.Mongo;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// The collections of messaging, the names of their fields, and the indexes over them. Names are never reused with another
/// meaning; a field that would be null or empty by its kind is absent. Times are in milliseconds. Shard keys, scattering queries and their
/// costs: docs/adr/0008.
/// <code>
/// conversations     one document a conversation; shard key { _id: "hashed" }
///   _id             the conversation's id
///   kind, name, creator, created
///   lastNumber      the number of the newest message; 0 while there is none
///   lastActivity    the order of lists; never goes back
///   membersVersion  moves up whenever the members change
///   members         [ { id, joined, addedBy, first, read, readTime, readStamp, unread, gone } ]: first is the first number that they
///                   may read; gone an erased member of a pair, named for the other's sake and in it no more
///   former          [ { id, left, erased } ]: who was in it, with the stamp of leaving, and how far an erasure has come
///   audience        the ids of members and former, for an index: whom changes may concern, and where an erasure has to look
///   unreadBy        the ids of the members with something unread, for an index
///   lastMessage     the newest message, complete, with the fields of messages; absent while there is none, or none is kept
///   beforeLast      the stamp under which the one before it was sent
///   changes         older messages as they were changed last, complete, until others take their place; readers put them over messages, where they
///                   stand too unless whoever changed them was cut off
///   copiedChange    the greatest stamp of a change that stands in messages
///   stamp           of the latest change; shape of the latest change of members or name (docs/adr/0016)
///   firstKept       messages before it were deleted by retention; absent for 1
///   oldest          when that one was stored, or an older one that is still to be deleted; absent while there is none
///   start           the start that made it, see starts; absent if that had no request id
///   revision        moves up with every change: what a compare-and-set compares
/// messages          all messages but the newest of each conversation; shard key { conversation: "hashed", number: 1 }
///   _id             "conversation|number"; both are in every filter of one message, so that a router knows the shard
///   conversation, number, kind, sender, text, links [ { url, title } ], affected [ ids ], created, requestId, fingerprint
///   words           the different words of the text, folded, for an index; at most 500; absent in a conversation's lastMessage
///   sent            the stamp under which it was stored
///   version         how often it was changed: a copy takes the place of one of a lower version only; absent for 0
///   changed         the stamp of the latest change; edited, deleted: when; edits [ { requestId, fingerprint, time } ]
/// starts            what a request to start became; shard key { _id: "hashed" }
///   _id             "member|request id"
///   conversation, fingerprint
///   time            by the service's clock: it counts for a day from then on
///   key             identifies this start among all of that request id
///   stored          by the server's clock: it may be deleted two days from then on
/// </code>
/// </summary>
internal static class MessagingSchema
{
    public const string Conversations = "conversations";
    public const string Messages = "messages";
    public const string Starts = "starts";

    public const string Id = "_id";

    public const string Kind = "kind";
    public const string Name = "name";
    public const string Creator = "creator";
    public const string Created = "created";
    public const string LastNumber = "lastNumber";
    public const string LastActivity = "lastActivity";
    public const string MembersVersion = "membersVersion";
    public const string Members = "members";
    public const string MemberId = "id";
    public const string Joined = "joined";
    public const string AddedBy = "addedBy";
    public const string First = "first";
    public const string Read = "read";
    public const string ReadTime = "readTime";
    public const string Unread = "unread";
    public const string UnreadBy = "unreadBy";
    public const string LastMessage = "lastMessage";
    public const string Start = "start";
    public const string Revision = "revision";
    public const string ReadStamp = "readStamp";
    public const string Gone = "gone";
    public const string Former = "former";
    public const string Left = "left";
    public const string Erased = "erased";
    public const string Audience = "audience";
    public const string BeforeLast = "beforeLast";
    public const string Changes = "changes";
    public const string CopiedChange = "copiedChange";
    public const string Stamp = "stamp";
    public const string Shape = "shape";
    public const string FirstKept = "firstKept";
    public const string Oldest = "oldest";

    public const string Conversation = "conversation";
    public const string Number = "number";
    public const string Sender = "sender";
    public const string Text = "text";
    public const string Links = "links";
    public const string Url = "url";
    public const string Title = "title";
    public const string Affected = "affected";
    public const string RequestId = "requestId";
    public const string Fingerprint = "fingerprint";
    public const string Sent = "sent";
    public const string Version = "version";
    public const string Changed = "changed";
    public const string Edited = "edited";
    public const string Deleted = "deleted";
    public const string Edits = "edits";
    public const string Words = "words";

    public const string Time = "time";
    public const string Key = "key";
    public const string Stored = "stored";

    /// <summary>A path to a field of a member.</summary>
    public const string IdOfMember = $"{Members}.{MemberId}";

    // Reads go by the service's clock; the server's may be ahead of it, and deletes only what no read asks for any more.
    private static readonly TimeSpan StartsDeletedAfter = TimeSpan.FromDays(2);

    public static readonly IReadOnlyList<MongoIndexes> Indexes =
    [
        new(
            Conversations,
            [
                Index(
                    "member_activity",
                    new BsonDocument
                    {
                        [IdOfMember] = 1,
                        [LastActivity] = -1,
                        [Id] = -1,
                    }
                ),
                Index(
                    "unread_activity",
                    new BsonDocument
                    {
                        [UnreadBy] = 1,
                        [LastActivity] = -1,
                        [Id] = -1,
                    }
                ),
                Index("audience_changes", new BsonDocument { [Audience] = 1, [Stamp] = 1 }),
                Partial("by_age", new BsonDocument(Oldest, 1), Oldest),
            ]
        ),
        new(
            Messages,
            [
                // with the sender, what is unread is counted in the index
                Index(
                    "by_number",
                    new BsonDocument
                    {
                        [Conversation] = 1,
                        [Number] = 1,
                        [Sender] = 1,
                    }
                ),
                Partial(
                    "by_request",
                    new BsonDocument
                    {
                        [Conversation] = 1,
                        [Sender] = 1,
                        [RequestId] = 1,
                    },
                    RequestId
                ),
                Partial(
                    "by_word",
                    new BsonDocument
                    {
                        [Conversation] = 1,
                        [Words] = 1,
                        [Number] = -1,
                    },
                    Words
                ),
                Index("by_stamp", new BsonDocument { [Conversation] = 1, [Sent] = 1 }),
                Partial(
                    "by_change",
                    new BsonDocument { [Conversation] = 1, [Changed] = 1 },
                    Changed
                ),
            ]
        ),
        new(
            Starts,
            [
                new(
                    new BsonDocument(Stored, 1),
                    new CreateIndexOptions { Name = "expiry", ExpireAfter = StartsDeletedAfter }
                ),
            ]
        ),
    ];

    public static DateTimeOffset ReadTimeOf(BsonValue value) =>
        DateTimeOffset.FromUnixTimeMilliseconds(value.AsBsonDateTime.MillisecondsSinceEpoch);

    public static BsonDateTime TimeOf(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    // only of documents that have the field
    private static CreateIndexModel<BsonDocument> Partial(
        string name,
        BsonDocument keys,
        string field
    ) =>
        new(
            keys,
            new CreateIndexOptions<BsonDocument>
            {
                Name = name,
                PartialFilterExpression = new BsonDocument(
                    field,
                    new BsonDocument("$exists", true)
                ),
            }
        );

    private static CreateIndexModel<BsonDocument> Index(string name, BsonDocument keys) =>
        new(keys, new CreateIndexOptions { Name = name });
}
