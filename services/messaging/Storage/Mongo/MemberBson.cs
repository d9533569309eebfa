using MongoDB.Bson;
using Platform.Messaging.Members;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// Writes and reads documents of <c>members</c>; shard key <c>{ _id: "hashed" }</c>.
/// <code>
///   _id         the member's id
///   revision    counts the changes
///   readReceipts, typingIndicators, noteOpensConversation
///   mutations   [ { requestId, fingerprint, time, readReceipts, typingIndicators, noteOpensConversation } ]
///   erased      since when the member is being erased, or has been; absent for all others
/// </code>
/// </summary>
internal static class MemberBson
{
    public const string Collection = "members";

    private const string ReadReceipts = "readReceipts";
    private const string TypingIndicators = "typingIndicators";
    private const string NoteOpensConversation = "noteOpensConversation";
    private const string Mutations = "mutations";

    public static BsonDocument Write(MemberRecord member)
    {
        var document = new BsonDocument
        {
            [Schema.Id] = member.MemberId,
            [Schema.Revision] = member.Revision,
            [Mutations] = new BsonArray(
                member.RecentMutations.Select(mutation =>
                    new BsonDocument
                    {
                        [Schema.RequestId] = mutation.RequestId,
                        [Schema.Fingerprint] = mutation.Fingerprint,
                        [Schema.Time] = Schema.TimeOf(mutation.Time),
                    }.AddRange(WriteSettings(mutation.Settings))
                )
            ),
        };
        document.AddRange(WriteSettings(member.Settings));
        if (member.ErasedTime is { } erased)
        {
            document[Schema.Erased] = Schema.TimeOf(erased);
        }
        return document;
    }

    public static MemberRecord Read(BsonDocument document) =>
        new()
        {
            MemberId = document[Schema.Id].AsString,
            Revision = document[Schema.Revision].ToInt64(),
            Settings = ReadSettings(document),
            RecentMutations =
            [
                .. document[Mutations]
                    .AsBsonArray.Select(mutation => mutation.AsBsonDocument)
                    .Select(mutation => new SettingsMutation(
                        mutation[Schema.RequestId].AsString,
                        mutation[Schema.Fingerprint].AsString,
                        Schema.ReadTimeOf(mutation[Schema.Time]),
                        ReadSettings(mutation)
                    )),
            ],
            ErasedTime = document.TryGetValue(Schema.Erased, out var erased)
                ? Schema.ReadTimeOf(erased)
                : null,
        };

    private static BsonDocument WriteSettings(MemberSettings settings) =>
        new()
        {
            [ReadReceipts] = settings.ReadReceipts,
            [TypingIndicators] = settings.TypingIndicators,
            [NoteOpensConversation] = settings.NoteOpensConversation,
        };

    private static MemberSettings ReadSettings(BsonDocument document) =>
        new(
            document[ReadReceipts].AsBoolean,
            document[TypingIndicators].AsBoolean,
            document[NoteOpensConversation].AsBoolean
        );
}
