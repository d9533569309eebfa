using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Storage.Mongo;

namespace Platform.Feed.Storage.Mongo;

/// <summary>
/// The collection <c>posts</c>: one document a post with its fan-out job, its fields, and the indexes over them. Names are never
/// reused with another meaning; a field that would be null or empty is absent, unless stated. Times are in milliseconds; kinds,
/// audiences and states are the numbers of their enums.
/// <code>
/// _id               the post's id, 64 bits
/// author            "kind|id"; the shard key is { author: "hashed" }, see docs/adr/0008. Never changes
/// listed            the audience, for as long as the post is in lists; absent once it is deleted
/// hashtags          in the order of the text; absent without any
/// request           id and fingerprint of the creation; an author has each id once
/// update            id and fingerprint of the last update, if it had them
/// kind, text (may be empty), audience, profileChange, createTime, updateTime, deleteTime, revision
/// job.state         DeliveryState
/// job.due           of open jobs only: when it may be leased
/// job.lease         the newest lease, while it can change the job
/// job.position (may be empty), job.processed, job.reached, job.retries, job.failures, job.reason, job.startTime,
/// job.completeTime, job.trace (a W3C traceparent)  see DeliveryJob
/// </code>
/// </summary>
internal static class PostBson
{
    public const string Collection = "posts";

    /// <summary>
    /// Who holds the numbers of replicas in post ids: <c>_id</c> the number, <c>owner</c>, <c>end</c> of the lease. At most 1,024
    /// documents, never sharded.
    /// </summary>
    public const string NodeCollection = "postNodes";

    public const string NodeOwner = "owner";
    public const string NodeEnd = "end";

    public const string Id = "_id";
    public const string Author = "author";
    public const string Listed = "listed";
    public const string Hashtags = "hashtags";
    public const string Request = "request";
    public const string LastUpdate = "update";
    public const string Text = "text";
    public const string Audience = "audience";
    public const string CreateTime = "createTime";
    public const string UpdateTime = "updateTime";
    public const string DeleteTime = "deleteTime";
    public const string Revision = "revision";

    public const string RequestId = Request + "." + KeyId;
    public const string LastUpdateId = LastUpdate + "." + KeyId;

    public const string JobState = Job + ".state";
    public const string JobDue = Job + ".due";
    public const string JobLease = Job + ".lease";
    public const string JobPosition = Job + ".position";
    public const string JobProcessed = Job + ".processed";
    public const string JobReached = Job + ".reached";
    public const string JobRetries = Job + ".retries";
    public const string JobFailures = Job + ".failures";
    public const string JobReason = Job + ".reason";
    public const string JobStartTime = Job + ".startTime";
    public const string JobCompleteTime = Job + ".completeTime";
    public const string JobTrace = Job + ".trace";

    /// <summary>Posts of authors: lists, and the erasure of everything.</summary>
    public const string ByAuthorIndex = "by_author";

    /// <summary>Posts for everyone that have a hashtag.</summary>
    public const string ByHashtagIndex = "by_hashtag";

    /// <summary>Open jobs in the order in which they are leased.</summary>
    public const string DueIndex = "due";

    /// <summary>Open jobs in the order of their posts.</summary>
    public const string OpenIndex = "open";

    /// <summary>Jobs closed as pulled in the order of closing.</summary>
    public const string PulledIndex = "pulled";

    private const string Kind = "kind";
    private const string ProfileChange = "profileChange";
    private const string Job = "job";
    private const string KeyId = "id";
    private const string KeyFingerprint = "fingerprint";

    private static readonly BsonDocument OnlyPulled = new(JobState, (int)DeliveryState.Pulled);

    private static readonly BsonDocument OnlyOpen = new(JobState, (int)DeliveryState.Open);

    /// <summary>
    /// All but the last hold the author, by which a shard tells what it owns: none of the queries they are for reads documents
    /// to find ids. A job that is not open is in none of its two indexes, so they stay as small as the backlog.
    /// </summary>
    public static readonly MongoIndexes Indexes = new(
        Collection,
        [
            Index(
                ByAuthorIndex,
                new BsonDocument
                {
                    [Author] = 1,
                    [Listed] = 1,
                    [Id] = -1,
                }
            ),
            Index(
                ByHashtagIndex,
                new BsonDocument
                {
                    [Hashtags] = 1,
                    [Listed] = 1,
                    [Id] = -1,
                    [Author] = 1,
                },
                only: new BsonDocument(Hashtags, new BsonDocument("$exists", true))
            ),
            Index(
                DueIndex,
                new BsonDocument
                {
                    [JobState] = 1,
                    [JobDue] = 1,
                    [Id] = 1,
                    [Author] = 1,
                },
                only: OnlyOpen
            ),
            Index(
                OpenIndex,
                new BsonDocument
                {
                    [JobState] = 1,
                    [Id] = 1,
                    [Author] = 1,
                    [CreateTime] = 1,
                    [JobFailures] = 1,
                },
                only: OnlyOpen
            ),
            Index(
                PulledIndex,
                new BsonDocument { [JobState] = 1, [JobCompleteTime] = -1 },
                only: OnlyPulled
            ),
            // the shard key first: only so can a sharded cluster promise uniqueness
            Index(
                "request",
                new BsonDocument { [Author] = 1, [RequestId] = 1 },
                only: new BsonDocument(RequestId, new BsonDocument("$exists", true)),
                unique: true
            ),
        ]
    );

    public static string KeyOf(EntityRef entity) => $"{(int)entity.Kind}|{entity.Id}";

    /// <summary>One post, for a router too.</summary>
    public static BsonDocument Filter(PostId id, string author) =>
        new() { [Id] = id.Value, [Author] = author };

    /// <summary>The post and its job while <paramref name="lease"/> is the newest.</summary>
    public static BsonDocument Filter(LeasedJob lease)
    {
        var filter = Filter(lease.Job.PostId, KeyOf(lease.Job.Author));
        filter[JobState] = (int)DeliveryState.Open;
        filter[JobLease] = lease.LeaseId;
        return filter;
    }

    /// <summary>The document of a new post.</summary>
    public static BsonDocument Write(Post post, RequestKey? request)
    {
        var document = new BsonDocument
        {
            [Id] = post.Id.Value,
            [Author] = KeyOf(post.Author),
            [Listed] = (int)post.Audience,
            [Kind] = (int)post.Kind,
            [Text] = post.Text,
            [Audience] = (int)post.Audience,
            [CreateTime] = Time(post.CreateTime),
            [Revision] = post.Revision,
            [Job] = new BsonDocument
            {
                [Within(JobState)] = (int)DeliveryState.Open,
                [Within(JobDue)] = Time(post.CreateTime),
                [Within(JobPosition)] = "",
                [Within(JobProcessed)] = 0L,
                [Within(JobReached)] = 0L,
                [Within(JobRetries)] = 0,
                [Within(JobFailures)] = 0,
            },
        };
        if (PostTrace.OfCurrentCall is { } trace)
        {
            document[Job][Within(JobTrace)] = trace;
        }
        if (post.Hashtags.Count > 0)
        {
            document[Hashtags] = new BsonArray(post.Hashtags);
        }
        if (post.ProfileChange is { } change)
        {
            document[ProfileChange] = (int)change;
        }
        if (post.UpdateTime is { } updated)
        {
            document[UpdateTime] = Time(updated);
        }
        if (request is not null)
        {
            document[Request] = WriteKey(request);
        }
        return document;
    }

    public static BsonDocument WriteKey(RequestKey key) =>
        new() { [KeyId] = key.Id, [KeyFingerprint] = key.Fingerprint };

    /// <summary>The request key of a creation or update; null if it had none.</summary>
    /// <param name="name"><see cref="Request"/> or <see cref="LastUpdate"/>.</param>
    public static RequestKey? ReadKey(BsonDocument document, string name) =>
        document.TryGetValue(name, out var key)
            ? new RequestKey(key[KeyId].AsString, key[KeyFingerprint].AsString)
            : null;

    public static PostId ReadId(BsonDocument document) => new(document[Id].ToInt64());

    public static bool IsDeleted(BsonDocument document) => document.Contains(DeleteTime);

    public static PostRecord ReadRecord(BsonDocument document) =>
        new(ReadPost(document), ReadTimeOrNull(document, DeleteTime), ReadJob(document));

    public static Post ReadPost(BsonDocument document) =>
        new(
            ReadId(document),
            ReadAuthor(document),
            (PostKind)document[Kind].ToInt32(),
            document[Text].AsString,
            ReadHashtags(document),
            (PostAudience)document[Audience].ToInt32(),
            document.TryGetValue(ProfileChange, out var change)
                ? (ProfileChangeKind)change.ToInt32()
                : null,
            ReadTime(document[CreateTime]),
            ReadTimeOrNull(document, UpdateTime),
            document[Revision].ToInt32()
        );

    /// <summary>The job; it needs all fields but the text.</summary>
    public static DeliveryJob ReadJob(BsonDocument document)
    {
        var job = document[Job].AsBsonDocument;
        return new DeliveryJob(
            ReadId(document),
            ReadAuthor(document),
            (PostAudience)document[Audience].ToInt32(),
            ReadHashtags(document),
            ReadTime(document[CreateTime]),
            (DeliveryState)job[Within(JobState)].ToInt32(),
            job[Within(JobPosition)].AsString,
            new DeliveryCounts(
                job[Within(JobProcessed)].ToInt64(),
                job[Within(JobReached)].ToInt64()
            ),
            job[Within(JobRetries)].ToInt32(),
            job[Within(JobFailures)].ToInt32(),
            job.TryGetValue(Within(JobReason), out var reason) ? reason.AsString : null,
            ReadTimeOrNull(job, Within(JobStartTime)),
            ReadTimeOrNull(job, Within(JobCompleteTime)),
            job.TryGetValue(Within(JobTrace), out var trace) ? trace.AsString : null
        );
    }

    public static BsonDateTime Time(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    public static DateTimeOffset ReadTime(BsonValue value) =>
        DateTimeOffset.FromUnixTimeMilliseconds(value.AsBsonDateTime.MillisecondsSinceEpoch);

    private static EntityRef ReadAuthor(BsonDocument document)
    {
        var key = document[Author].AsString;
        var bar = key.IndexOf('|', StringComparison.Ordinal);
        return new EntityRef(Enum.Parse<EntityKind>(key.AsSpan(0, bar)), key[(bar + 1)..]);
    }

    private static IReadOnlyList<string> ReadHashtags(BsonDocument document) =>
        document.TryGetValue(Hashtags, out var tags)
            ? [.. tags.AsBsonArray.Select(tag => tag.AsString)]
            : [];

    private static DateTimeOffset? ReadTimeOrNull(BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? ReadTime(value) : null;

    // the name inside the document of the job
    private static string Within(string path) => path[(Job.Length + 1)..];

    private static CreateIndexModel<BsonDocument> Index(
        string name,
        BsonDocument keys,
        BsonDocument? only = null,
        bool unique = false
    ) =>
        new(
            keys,
            new CreateIndexOptions<BsonDocument>
            {
                Name = name,
                Unique = unique ? true : null,
                PartialFilterExpression = only,
            }
        );
}
