using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Recommendations;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// The collection <c>recommendations</c>: one document for each who recommends another, its fields, and the indexes over them.
/// Names are never reused with another meaning; a field that would be null is absent. Times are in milliseconds.
/// <code>
/// _id                "author|recipient"; with author and recipient it is in every filter of one, so that a router knows the shard
/// author, recipient  the two members; the shard key is { recipient: "hashed", author: 1 }, see docs/adr/0008
/// revision           how often it was stored
/// state, isPublic, createTime    of the latest recommendation, for lists
/// latest, recentMutations        no query looks at them
/// </code>
/// </summary>
internal static class RecommendationBson
{
    public const string Collection = "recommendations";

    public const string Id = "_id";
    public const string Author = "author";
    public const string Recipient = "recipient";
    public const string Revision = "revision";
    public const string State = "state";
    public const string IsPublic = "isPublic";
    public const string CreateTime = "createTime";

    private const string Latest = "latest";
    private const string RecentMutations = "recentMutations";

    public static readonly MongoIndexes Indexes = new(
        Collection,
        [Index("received", Recipient, Author), Index("written", Author, Recipient)]
    );

    public static string IdOf(RecommendationKey key) => $"{key.AuthorId}|{key.RecipientId}";

    /// <summary>One thread, for a router too.</summary>
    public static BsonDocument Filter(RecommendationKey key) =>
        new()
        {
            [Id] = IdOf(key),
            [Author] = key.AuthorId,
            [Recipient] = key.RecipientId,
        };

    public static BsonDocument Write(RecommendationThread thread)
    {
        var latest = thread.Latest!;
        var document = Filter(thread.Key);
        document[Revision] = thread.Revision;
        document[State] = (int)latest.State;
        document[IsPublic] = latest.IsPublic;
        document[CreateTime] = RelationshipBson.Time(latest.CreateTime);
        document[Latest] = Write(latest);
        document[RecentMutations] = new BsonArray(thread.RecentMutations.Select(Write));
        return document;
    }

    public static RecommendationThread Read(BsonDocument document) =>
        new()
        {
            Key = new RecommendationKey(document[Author].AsString, document[Recipient].AsString),
            Revision = document[Revision].ToInt64(),
            Latest = ReadRecommendation(document[Latest].AsBsonDocument),
            RecentMutations =
            [
                .. document[RecentMutations]
                    .AsBsonArray.Select(mutation => ReadMutation(mutation.AsBsonDocument)),
            ],
        };

    private static CreateIndexModel<BsonDocument> Index(string name, string member, string other) =>
        new(
            new BsonDocument
            {
                [member] = 1,
                [CreateTime] = -1,
                [other] = 1,
            },
            new CreateIndexOptions { Name = name }
        );

    private static BsonDocument Write(Recommendation recommendation)
    {
        var document = new BsonDocument
        {
            ["number"] = recommendation.Number,
            ["connectionNumber"] = recommendation.ConnectionNumber,
            ["state"] = (int)recommendation.State,
            ["shown"] = recommendation.Shown,
            ["text"] = recommendation.Text,
            ["relationship"] = recommendation.Relationship,
            ["requestText"] = recommendation.RequestText,
            ["revisionRequestText"] = recommendation.RevisionRequestText,
            ["revisedText"] = recommendation.RevisedText,
            ["revisedRelationship"] = recommendation.RevisedRelationship,
            ["createTime"] = RelationshipBson.Time(recommendation.CreateTime),
            ["updateTime"] = RelationshipBson.Time(recommendation.UpdateTime),
        };
        if (recommendation.AcceptTime is { } accepted)
        {
            document["acceptTime"] = RelationshipBson.Time(accepted);
        }
        return document;
    }

    private static Recommendation ReadRecommendation(BsonDocument document) =>
        new()
        {
            Number = document["number"].ToInt32(),
            ConnectionNumber = document["connectionNumber"].ToInt32(),
            State = (RecommendationState)document["state"].ToInt32(),
            Shown = document["shown"].AsBoolean,
            Text = document["text"].AsString,
            Relationship = document["relationship"].AsString,
            RequestText = document["requestText"].AsString,
            RevisionRequestText = document["revisionRequestText"].AsString,
            RevisedText = document["revisedText"].AsString,
            RevisedRelationship = document["revisedRelationship"].AsString,
            CreateTime = RelationshipBson.ReadTime(document["createTime"]),
            UpdateTime = RelationshipBson.ReadTime(document["updateTime"]),
            AcceptTime = document.TryGetValue("acceptTime", out var accepted)
                ? RelationshipBson.ReadTime(accepted)
                : null,
        };

    private static BsonDocument Write(RecommendationMutation mutation) =>
        new()
        {
            ["actor"] = (int)mutation.Actor,
            ["requestId"] = mutation.RequestId,
            ["fingerprint"] = mutation.Fingerprint,
            ["time"] = RelationshipBson.Time(mutation.Time),
            ["recommendation"] = Write(mutation.Answer.Recommendation),
            ["revision"] = mutation.Answer.Revision,
        };

    private static RecommendationMutation ReadMutation(BsonDocument document) =>
        new(
            (RecommendationRole)document["actor"].ToInt32(),
            document["requestId"].AsString,
            document["fingerprint"].AsString,
            RelationshipBson.ReadTime(document["time"]),
            new RecommendationAnswer(
                ReadRecommendation(document["recommendation"].AsBsonDocument),
                document["revision"].ToInt64()
            )
        );
}
