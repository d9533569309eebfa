using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Members;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// The collection <c>members</c>: one document a member, its fields, and the index over them. Names are never reused with another
/// meaning; a field that would be null is absent. Times are in milliseconds.
/// <code>
/// _id               the member; the shard key is { _id: "hashed" }, see docs/adr/0008
/// revision          how often the document was changed
/// erasingDue        while an erasure has work left only
/// settings, recentMutations, slots, deletion    no query looks at them
/// </code>
/// </summary>
internal static class MemberBson
{
    public const string Collection = "members";

    public const string Id = "_id";
    public const string Revision = "revision";
    public const string ErasingDue = "erasingDue";

    private const string Settings = "settings";
    private const string RecentMutations = "recentMutations";
    private const string Slots = "slots";
    private const string Deletion = "deletion";

    public static readonly MongoIndexes Indexes = new(
        Collection,
        [
            new CreateIndexModel<BsonDocument>(
                new BsonDocument { [ErasingDue] = 1, [Id] = 1 },
                new CreateIndexOptions<BsonDocument>
                {
                    Name = "erasing_due",
                    PartialFilterExpression = new BsonDocument(
                        ErasingDue,
                        new BsonDocument("$exists", true)
                    ),
                }
            ),
        ]
    );

    public static BsonDocument Write(MemberRecord member)
    {
        var document = new BsonDocument
        {
            [Id] = member.MemberId,
            [Revision] = member.Revision,
            [Settings] = WriteSettings(member.Settings),
            [RecentMutations] = new BsonArray(member.RecentMutations.Select(WriteMutation)),
            [Slots] = new BsonArray(member.Slots.Select(WriteSlot)),
        };
        if (member.Deletion is { } deletion)
        {
            document[Deletion] = WriteDeletion(deletion);
            if (deletion.DueTime is { } due)
            {
                document[ErasingDue] = RelationshipBson.Time(due);
            }
        }
        return document;
    }

    public static MemberRecord Read(BsonDocument document) =>
        new()
        {
            MemberId = document[Id].AsString,
            Revision = document[Revision].ToInt64(),
            Settings = ReadSettings(document[Settings].AsBsonDocument),
            RecentMutations =
            [
                .. document[RecentMutations]
                    .AsBsonArray.Select(mutation => ReadMutation(mutation.AsBsonDocument)),
            ],
            Slots = [.. document[Slots].AsBsonArray.Select(slot => ReadSlot(slot.AsBsonDocument))],
            Deletion = document.TryGetValue(Deletion, out var deletion)
                ? ReadDeletion(deletion.AsBsonDocument)
                : null,
        };

    private static BsonDocument WriteSettings(MemberSettings settings) =>
        new()
        {
            ["listVisibility"] = (int)settings.ListVisibility,
            ["invitationAudience"] = (int)settings.InvitationAudience,
        };

    private static MemberSettings ReadSettings(BsonDocument document) =>
        new(
            (ListVisibility)document["listVisibility"].ToInt32(),
            (InvitationAudience)document["invitationAudience"].ToInt32()
        );

    private static BsonDocument WriteMutation(SettingsMutation mutation) =>
        new()
        {
            ["requestId"] = mutation.RequestId,
            ["fingerprint"] = mutation.Fingerprint,
            ["time"] = RelationshipBson.Time(mutation.Time),
            [Settings] = WriteSettings(mutation.Settings),
            [Revision] = mutation.Revision,
        };

    private static SettingsMutation ReadMutation(BsonDocument document) =>
        new(
            document["requestId"].AsString,
            document["fingerprint"].AsString,
            RelationshipBson.ReadTime(document["time"]),
            ReadSettings(document[Settings].AsBsonDocument),
            document[Revision].ToInt64()
        );

    private static BsonDocument WriteSlot(Slot slot)
    {
        var document = new BsonDocument
        {
            ["kind"] = (int)slot.Kind,
            ["other"] = slot.OtherId,
            ["number"] = slot.Number,
            ["time"] = RelationshipBson.Time(slot.Time),
            ["ticket"] = slot.Ticket,
        };
        if (slot.IsConfirmed)
        {
            document["confirmed"] = true;
        }
        return document;
    }

    private static Slot ReadSlot(BsonDocument document) =>
        new(
            (SlotKind)document["kind"].ToInt32(),
            document["other"].AsString,
            document["number"].ToInt32(),
            RelationshipBson.ReadTime(document["time"]),
            document["ticket"].ToInt64(),
            document.GetValue("confirmed", false).AsBoolean
        );

    private static BsonDocument WriteDeletion(MemberDeletion deletion)
    {
        var document = new BsonDocument
        {
            ["state"] = (int)deletion.State,
            ["startTime"] = RelationshipBson.Time(deletion.StartTime),
            ["removedCount"] = deletion.RemovedCount,
        };
        if (deletion.EndTime is { } end)
        {
            document["endTime"] = RelationshipBson.Time(end);
        }
        if (deletion.DueTime is { } due)
        {
            document["dueTime"] = RelationshipBson.Time(due);
        }
        if (deletion.FirstAnswer is { } answer)
        {
            var first = new BsonDocument
            {
                ["requestId"] = answer.RequestId,
                ["state"] = (int)answer.State,
                ["removedCount"] = answer.RemovedCount,
                ["remainingCount"] = answer.RemainingCount,
                [Revision] = answer.Revision,
            };
            if (answer.EndTime is { } ended)
            {
                first["endTime"] = RelationshipBson.Time(ended);
            }
            document["firstAnswer"] = first;
        }
        return document;
    }

    private static MemberDeletion ReadDeletion(BsonDocument document) =>
        new(
            (MemberDeletionState)document["state"].ToInt32(),
            RelationshipBson.ReadTime(document["startTime"]),
            ReadTimeOrNull(document, "endTime"),
            document["removedCount"].ToInt64(),
            ReadTimeOrNull(document, "dueTime"),
            document.TryGetValue("firstAnswer", out var answer)
                ? ReadAnswer(answer.AsBsonDocument)
                : null
        );

    private static DeletionAnswer ReadAnswer(BsonDocument document) =>
        new(
            document["requestId"].AsString,
            (MemberDeletionState)document["state"].ToInt32(),
            ReadTimeOrNull(document, "endTime"),
            document["removedCount"].ToInt64(),
            document["remainingCount"].ToInt64(),
            document[Revision].ToInt64()
        );

    private static DateTimeOffset? ReadTimeOrNull(BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? RelationshipBson.ReadTime(value) : null;
}
