using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Relationships;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// The collection <c>relationships</c>: one document a pair, its fields, and the indexes over them. Names are never reused with
/// another meaning; a field that would be null is absent. Times are in milliseconds.
/// <code>
/// _id               "low|high"; with low and high it is in every filter of one pair, so that a router knows the shard
/// low, high         the two members; the shard key is { low: "hashed", high: 1 }, see docs/adr/0008
/// state, inviter, invitationNumber, blockedBy, blockedThrough    what a check answers from
/// stateTime         since when
/// lowList, highList in which list of the low and of the high member it stands (RelationshipList); absent: in none
/// lowListTime, highListTime    since when, the order of the lists
/// expireTime        of pending invitations only
/// revision          see MongoConnectionStore
/// invitation, lowBarredUntil, highBarredUntil, lowBlockTime, highBlockTime, lowUnblockTime, highUnblockTime, lastBlockTime,
/// recentMutations, ledger    no query looks at them
/// </code>
/// A line of the ledger, or a recent mutation, without a revision was written by the last change: it has the document's.
/// </summary>
internal static class RelationshipBson
{
    public const string Collection = "relationships";

    public const string Id = "_id";
    public const string Low = "low";
    public const string High = "high";
    public const string State = "state";
    public const string Inviter = "inviter";
    public const string InvitationNumber = "invitationNumber";
    public const string BlockedBy = "blockedBy";
    public const string BlockedThrough = "blockedThrough";
    public const string StateTime = "stateTime";
    public const string LowList = "lowList";
    public const string HighList = "highList";
    public const string LowListTime = "lowListTime";
    public const string HighListTime = "highListTime";
    public const string ExpireTime = "expireTime";
    public const string Revision = "revision";

    private const string TheInvitation = "invitation";
    private const string LowBarredUntil = "lowBarredUntil";
    private const string HighBarredUntil = "highBarredUntil";
    private const string LowBlockTime = "lowBlockTime";
    private const string HighBlockTime = "highBlockTime";
    private const string LowUnblockTime = "lowUnblockTime";
    private const string HighUnblockTime = "highUnblockTime";
    private const string LastBlockTime = "lastBlockTime";
    private const string RecentMutations = "recentMutations";
    private const string Ledger = "ledger";

    private static readonly string[] Optional =
    [
        LowList,
        HighList,
        ExpireTime,
        TheInvitation,
        LowBarredUntil,
        HighBarredUntil,
        LowBlockTime,
        HighBlockTime,
        LowUnblockTime,
        HighUnblockTime,
        LastBlockTime,
    ];

    /// <summary>
    /// A list of a member is two ranges, one of each index: where the member is low, and where it is high. They hold all that
    /// lists and counts answer, so neither reads a document.
    /// </summary>
    public static readonly MongoIndexes Indexes = new(
        Collection,
        [
            Index(
                "low_list",
                new BsonDocument
                {
                    [Low] = 1,
                    [LowList] = 1,
                    [LowListTime] = -1,
                    [High] = 1,
                    [Inviter] = 1,
                }
            ),
            Index(
                "high_list",
                new BsonDocument
                {
                    [High] = 1,
                    [HighList] = 1,
                    [HighListTime] = -1,
                    [Low] = 1,
                    [Inviter] = 1,
                }
            ),
            Index("changes", new BsonDocument { [Revision] = 1, [Id] = 1 }),
            Index("expiry", new BsonDocument(ExpireTime, 1), sparse: true),
        ]
    );

    /// <summary>What <see cref="ReadStatus"/> needs.</summary>
    public static readonly BsonDocument StatusFields = new()
    {
        [State] = 1,
        [Inviter] = 1,
        [InvitationNumber] = 1,
        [BlockedBy] = 1,
        [BlockedThrough] = 1,
    };

    /// <summary>What <see cref="ReadConnected"/> needs; all of it is in the index of lists of the low member.</summary>
    public static readonly BsonDocument ConnectedFields = new()
    {
        [Low] = 1,
        [High] = 1,
        [LowListTime] = 1,
        [Id] = 0,
    };

    /// <summary>The order of that index.</summary>
    public static readonly BsonDocument ConnectedOrder = new()
    {
        [Low] = 1,
        [LowList] = 1,
        [LowListTime] = -1,
        [High] = 1,
    };

    public static string IdOf(MemberPair pair) => $"{pair.Low}|{pair.High}";

    /// <summary>One pair, for a router too.</summary>
    public static BsonDocument Filter(MemberPair pair) =>
        new()
        {
            [Id] = IdOf(pair),
            [Low] = pair.Low,
            [High] = pair.High,
        };

    /// <summary>The pairs in which a member stands on a side, and of which something is left.</summary>
    public static BsonDocument NotErased(string side, string member) =>
        new() { [side] = member, [State] = new BsonDocument("$ne", (int)RelationshipState.Erased) };

    /// <summary>The pipeline that makes the document of a pair, new or old, that of <paramref name="relationship"/>.</summary>
    /// <param name="relationship">What is to be stored.</param>
    /// <param name="revision">The expression of its revision, which the server gives.</param>
    public static BsonDocument[] Update(Relationship relationship, BsonDocument revision)
    {
        var fields = Fields(relationship);
        // literal: what members wrote is no expression, whatever it begins with
        var set = new BsonDocument(
            fields.Select(field => new BsonElement(
                field.Name,
                new BsonDocument("$literal", field.Value)
            ))
        );
        set[Revision] = revision;
        var absent = new BsonArray(Optional.Where(name => !fields.Contains(name)));
        return absent.Count == 0 ? [new("$set", set)] : [new("$set", set), new("$unset", absent)];
    }

    public static Relationship Read(BsonDocument document) =>
        new Relationship
        {
            Pair = MemberPair.Of(document[Low].AsString, document[High].AsString),
            State = (RelationshipState)document[State].ToInt32(),
            BlockedBy = (Side)document[BlockedBy].ToInt32(),
            BlockedThrough = document[BlockedThrough].ToInt32(),
            Invitation = document.TryGetValue(TheInvitation, out var invitation)
                ? ReadInvitation(invitation.AsBsonDocument)
                : null,
            StateTime = ReadTime(document[StateTime]),
            LowBarredUntil = ReadTimeOrNull(document, LowBarredUntil),
            HighBarredUntil = ReadTimeOrNull(document, HighBarredUntil),
            LowBlockTime = ReadTimeOrNull(document, LowBlockTime),
            HighBlockTime = ReadTimeOrNull(document, HighBlockTime),
            LowUnblockTime = ReadTimeOrNull(document, LowUnblockTime),
            HighUnblockTime = ReadTimeOrNull(document, HighUnblockTime),
            LastBlockTime = ReadTimeOrNull(document, LastBlockTime),
            RecentMutations =
            [
                .. document[RecentMutations]
                    .AsBsonArray.Select(mutation => ReadMutation(mutation.AsBsonDocument)),
            ],
            Ledger =
            [
                .. document[Ledger].AsBsonArray.Select(line => ReadTransition(line.AsBsonDocument)),
            ],
        }.Stamped(document[Revision].ToInt64());

    private static BsonDocument Fields(Relationship relationship)
    {
        var status = relationship.Status;
        var fields = new BsonDocument
        {
            [State] = (int)status.State,
            [Inviter] = (int)status.Inviter,
            [InvitationNumber] = status.InvitationNumber,
            [BlockedBy] = (int)status.BlockedBy,
            [BlockedThrough] = status.BlockedThrough,
            [StateTime] = Time(relationship.StateTime),
            [LowListTime] = Time(relationship.ListTimeOf(Side.Low)),
            [HighListTime] = Time(relationship.ListTimeOf(Side.High)),
            [RecentMutations] = new BsonArray(relationship.RecentMutations.Select(WriteMutation)),
            [Ledger] = new BsonArray(relationship.Ledger.Select(WriteTransition)),
        };
        AddUnlessNull(fields, LowList, (int?)relationship.ListOf(Side.Low));
        AddUnlessNull(fields, HighList, (int?)relationship.ListOf(Side.High));
        AddUnlessNull(fields, LowBarredUntil, TimeOrNull(relationship.LowBarredUntil));
        AddUnlessNull(fields, HighBarredUntil, TimeOrNull(relationship.HighBarredUntil));
        AddUnlessNull(fields, LowBlockTime, TimeOrNull(relationship.LowBlockTime));
        AddUnlessNull(fields, HighBlockTime, TimeOrNull(relationship.HighBlockTime));
        AddUnlessNull(fields, LowUnblockTime, TimeOrNull(relationship.LowUnblockTime));
        AddUnlessNull(fields, HighUnblockTime, TimeOrNull(relationship.HighUnblockTime));
        AddUnlessNull(fields, LastBlockTime, TimeOrNull(relationship.LastBlockTime));
        if (relationship.Invitation is { } invitation)
        {
            fields[TheInvitation] = WriteInvitation(invitation);
            if (relationship.State == RelationshipState.Pending)
            {
                fields[ExpireTime] = Time(invitation.ExpireTime);
            }
        }
        return fields;
    }

    public static PairStatus ReadStatus(BsonDocument document) =>
        new(
            (RelationshipState)document[State].ToInt32(),
            (Side)document[Inviter].ToInt32(),
            document[InvitationNumber].ToInt32(),
            (Side)document[BlockedBy].ToInt32(),
            document[BlockedThrough].ToInt32()
        );

    public static ConnectedPair ReadConnected(BsonDocument document) =>
        new(
            MemberPair.Of(document[Low].AsString, document[High].AsString),
            ReadTime(document[LowListTime])
        );

    public static DateTimeOffset ReadTime(BsonValue value) =>
        DateTimeOffset.FromUnixTimeMilliseconds(value.AsBsonDateTime.MillisecondsSinceEpoch);

    public static BsonDateTime Time(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    private static CreateIndexModel<BsonDocument> Index(
        string name,
        BsonDocument keys,
        bool sparse = false
    ) => new(keys, new CreateIndexOptions { Name = name, Sparse = sparse ? true : null });

    private static BsonDocument WriteInvitation(Invitation invitation)
    {
        var document = new BsonDocument
        {
            ["number"] = invitation.Number,
            ["inviter"] = (int)invitation.Inviter,
            ["state"] = (int)invitation.State,
            ["note"] = invitation.Note,
            ["sentTime"] = Time(invitation.SentTime),
            ["expireTime"] = Time(invitation.ExpireTime),
            ["declineReason"] = (int)invitation.DeclineReason,
            ["declineText"] = invitation.DeclineText,
        };
        AddUnlessNull(document, "endTime", TimeOrNull(invitation.EndTime));
        AddUnlessNull(document, "reminderTime", TimeOrNull(invitation.ReminderTime));
        if (invitation.Tier.Length > 0)
        {
            document["tier"] = invitation.Tier;
        }
        AddUnlessNull(document, "coolDownEnd", TimeOrNull(invitation.CoolDownEnd));
        if (invitation.Context is { } context)
        {
            document["context"] = new BsonDocument
            {
                ["whereMet"] = context.WhereMet,
                ["affiliation"] = context.Affiliation,
                ["text"] = context.Text,
            };
        }
        return document;
    }

    private static Invitation ReadInvitation(BsonDocument document) =>
        new()
        {
            Number = document["number"].ToInt32(),
            Inviter = (Side)document["inviter"].ToInt32(),
            State = (InvitationState)document["state"].ToInt32(),
            Note = document["note"].AsString,
            SentTime = ReadTime(document["sentTime"]),
            ExpireTime = ReadTime(document["expireTime"]),
            DeclineReason = (DeclineReason)document["declineReason"].ToInt32(),
            DeclineText = document["declineText"].AsString,
            EndTime = ReadTimeOrNull(document, "endTime"),
            ReminderTime = ReadTimeOrNull(document, "reminderTime"),
            Tier = document.GetValue("tier", "").AsString,
            CoolDownEnd = ReadTimeOrNull(document, "coolDownEnd"),
            Context = document.TryGetValue("context", out var context)
                ? new InvitationContext(
                    context["whereMet"].AsString,
                    context["affiliation"].AsString,
                    context["text"].AsString
                )
                : null,
        };

    private static BsonDocument WriteMutation(RecentMutation mutation)
    {
        var document = new BsonDocument
        {
            ["actor"] = (int)mutation.Actor,
            ["requestId"] = mutation.RequestId,
            ["fingerprint"] = mutation.Fingerprint,
            ["time"] = Time(mutation.Time),
        };
        if (mutation.Invitation is { } invitation)
        {
            document[TheInvitation] = WriteInvitation(invitation);
        }
        AddUnlessNull(document, "blockTime", TimeOrNull(mutation.BlockTime));
        AddUnlessNull(document, Revision, RevisionOrNull(mutation.Revision));
        return document;
    }

    private static RecentMutation ReadMutation(BsonDocument document) =>
        new(
            (Side)document["actor"].ToInt32(),
            document["requestId"].AsString,
            document["fingerprint"].AsString,
            ReadTime(document["time"]),
            document.TryGetValue(TheInvitation, out var invitation)
                ? ReadInvitation(invitation.AsBsonDocument)
                : null,
            document.GetValue(Revision, 0L).ToInt64()
        )
        {
            BlockTime = ReadTimeOrNull(document, "blockTime"),
        };

    private static BsonDocument WriteTransition(Transition line)
    {
        var document = new BsonDocument
        {
            ["kind"] = (int)line.Kind,
            ["actor"] = (int)line.Actor,
            ["time"] = Time(line.Time),
            ["number"] = line.InvitationNumber,
        };
        AddUnlessNull(document, Revision, RevisionOrNull(line.Revision));
        return document;
    }

    private static Transition ReadTransition(BsonDocument document) =>
        new(
            (TransitionKind)document["kind"].ToInt32(),
            (Side)document["actor"].ToInt32(),
            ReadTime(document["time"]),
            document["number"].ToInt32(),
            document.GetValue(Revision, 0L).ToInt64()
        );

    private static void AddUnlessNull(BsonDocument document, string name, int? value)
    {
        if (value is { } number)
        {
            document[name] = number;
        }
    }

    private static void AddUnlessNull(BsonDocument document, string name, BsonValue? value)
    {
        if (value is not null)
        {
            document[name] = value;
        }
    }

    private static BsonInt64? RevisionOrNull(long revision) =>
        revision == 0 ? null : new BsonInt64(revision);

    private static BsonDateTime? TimeOrNull(DateTimeOffset? time) =>
        time is { } known ? Time(known) : null;

    private static DateTimeOffset? ReadTimeOrNull(BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? ReadTime(value) : null;
}
