using MongoDB.Bson;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// The document of a conversation, and how it changes: a pure function from the document and a change to the next document,
/// which the store swaps if nobody else has swapped it since it was read.
/// </summary>
internal sealed record ConversationState
{
    public required string Id { get; init; }
    public required ConversationKind Kind { get; init; }
    public required string Name { get; init; }
    public required string CreatorId { get; init; }
    public required DateTimeOffset CreateTime { get; init; }
    public required DateTimeOffset LastActivityTime { get; init; }
    public required IReadOnlyList<MemberState> Members { get; init; }
    public long LastNumber { get; init; }
    public long MembersVersion { get; init; }
    public long Revision { get; init; }

    /// <summary>Who was in it.</summary>
    public IReadOnlyList<FormerMember> Former { get; init; } = [];

    /// <summary>Of the latest change, see <see cref="Stamps"/>.</summary>
    public long Stamp { get; init; }

    /// <summary>Of the latest change of members or name.</summary>
    public long Shape { get; init; }

    /// <summary>Under which the message before the newest was sent.</summary>
    public long BeforeLast { get; init; }

    /// <summary>Older messages as they were changed last.</summary>
    public IReadOnlyList<MessageRecord> Changes { get; init; } = [];

    /// <summary>The greatest stamp of a change that is not among <see cref="Changes"/> any more.</summary>
    public long CopiedChange { get; init; }

    /// <summary>Messages before it were deleted by retention.</summary>
    public long FirstKept { get; init; } = 1;

    /// <summary>When the first message that is kept was stored, or one that is still to be deleted; null while there is none.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>Whom changes may concern.</summary>
    public IEnumerable<string> Audience =>
        Members
            .Where(member => !member.IsGone)
            .Select(member => member.MemberId)
            .Union(Former.Select(former => former.MemberId));

    /// <summary>The newest message; null while there is none, or none is kept. Its text may be cut, if the document was read for a view only.</summary>
    public MessageRecord? LastMessage { get; init; }

    /// <summary>The <see cref="StartRecord.Key"/> of the start that made it; null if that had no request id.</summary>
    public ObjectId? StartKey { get; init; }

    /// <summary>A conversation as it begins.</summary>
    public static ConversationState Begin(NewConversation conversation, ObjectId? startKey) =>
        new()
        {
            Id = conversation.Id,
            Kind = conversation.Kind,
            Name = conversation.Name,
            CreatorId = conversation.CreatorId,
            CreateTime = conversation.Time,
            LastActivityTime = conversation.Time,
            StartKey = startKey,
            Stamp = Stamps.Pending,
            Shape = Stamps.Pending,
            Members =
            [
                Join(conversation.CreatorId, addedById: "", conversation.Time, 1, unread: 0),
                .. conversation.OtherMemberIds.Select(other =>
                    Join(other, conversation.CreatorId, conversation.Time, 1, unread: 0)
                ),
            ],
        };

    public MemberState? Find(string memberId) =>
        Members.FirstOrDefault(member => member.MemberId == memberId && !member.IsGone);

    /// <summary>A message as it was changed last, given as it stands among the older ones.</summary>
    public MessageRecord Latest(MessageRecord copied)
    {
        foreach (var changed in Changes)
        {
            if (
                changed.Message.Number == copied.Message.Number
                && changed.Message.Version > copied.Message.Version
            )
            {
                return changed;
            }
        }
        return copied;
    }

    /// <summary>The first number that a member may read.</summary>
    public long FirstNumberOf(MemberState member) => Math.Max(member.FirstNumber, FirstKept);

    /// <summary>With one more message, and all that follows from it.</summary>
    public ConversationState Append(MessageDraft draft)
    {
        var number = LastNumber + 1;
        // the wall clock may step back; times in a conversation do not
        var time = draft.Time > LastActivityTime ? draft.Time : LastActivityTime;
        var members = Members
            .Where(member =>
                draft.Kind != MessageKind.MemberLeft || member.MemberId != draft.SenderId
            )
            .Select(member => Receive(member, draft.SenderId, number));
        if (draft.Kind == MessageKind.MembersAdded)
        {
            members = members.Concat(
                draft.AffectedMemberIds.Select(added =>
                    Join(added, draft.SenderId, time, number, unread: 1)
                )
            );
        }
        var changesMembers = draft.Kind is MessageKind.MembersAdded or MessageKind.MemberLeft;
        return this with
        {
            Stamp = Stamps.Pending,
            // who is added learns of the conversation before its first message
            Shape = draft.ChangesConversation ? Stamps.Pending - 1 : Shape,
            BeforeLast = LastMessage?.Sent ?? BeforeLast,
            CopiedChange = Math.Max(CopiedChange, LastMessage?.Changed ?? 0),
            Oldest = Oldest ?? time,
            Former =
                draft.Kind == MessageKind.MemberLeft
                    ? [.. Former, new FormerMember(draft.SenderId, Stamps.Pending)]
                    :
                    [
                        .. Former.Where(former =>
                            !draft.AffectedMemberIds.Contains(former.MemberId)
                        ),
                    ],
            Name = draft.Kind == MessageKind.Renamed ? draft.Text : Name,
            LastActivityTime = time,
            LastNumber = number,
            Members = [.. members],
            MembersVersion = changesMembers ? MembersVersion + 1 : MembersVersion,
            Revision = Revision + 1,
            LastMessage = new MessageRecord(
                new StoredMessage
                {
                    ConversationId = Id,
                    Number = number,
                    Kind = draft.Kind,
                    SenderId = draft.SenderId,
                    Text = draft.Text,
                    Links = draft.Links,
                    AffectedMemberIds = draft.AffectedMemberIds,
                    CreateTime = time,
                },
                draft.RequestId,
                draft.RequestId.Length == 0 ? "" : draft.Fingerprint
            )
            {
                Sent = Stamps.Pending,
            },
        };
    }

    /// <summary>With messages changed: the newest in its place, the older ones instead of those changed before, which were copied.</summary>
    /// <param name="changed">Each as it shall stand; the stamps are yet to be given.</param>
    public ConversationState Change(IReadOnlyList<MessageRecord> changed)
    {
        MessageRecord[] stamped =
        [
            .. changed.Select(
                (record, index) =>
                    record with
                    {
                        Changed = Stamps.Pending - (changed.Count - 1 - index),
                    }
            ),
        ];
        var last = stamped.FirstOrDefault(record => record.Message.Number == LastNumber);
        MessageRecord[] older = [.. stamped.Where(record => record != last)];
        return this with
        {
            Revision = Revision + 1,
            Stamp = Stamps.Pending,
            LastMessage = last ?? LastMessage,
            Changes = older.Length == 0 ? Changes : older,
            CopiedChange =
                older.Length == 0
                    ? CopiedChange
                    : Changes.Aggregate(
                        CopiedChange,
                        (greatest, record) => Math.Max(greatest, record.Changed)
                    ),
        };
    }

    /// <summary>Without an erased member; a pair goes on naming them.</summary>
    public ConversationState Remove(string memberId) =>
        this with
        {
            Revision = Revision + 1,
            MembersVersion = MembersVersion + 1,
            Stamp = Stamps.Pending,
            Shape = Stamps.Pending,
            Former = [.. Former, new FormerMember(memberId, Stamps.Pending)],
            Members =
                Kind == ConversationKind.Group
                    ? [.. Members.Where(member => member.MemberId != memberId)]
                    :
                    [
                        .. Members.Select(member =>
                            member.MemberId == memberId
                                ? member with
                                {
                                    IsGone = true,
                                    ReadNumber = 0,
                                    ReadTime = null,
                                    ReadStamp = 0,
                                    Unread = 0,
                                }
                                : member
                        ),
                    ],
        };

    /// <summary>With an erasure that has come so far.</summary>
    public ConversationState NoteErased(string memberId, long upTo) =>
        this with
        {
            Former =
            [
                .. Former.Select(former =>
                    former.MemberId == memberId ? former with { Erased = upTo } : former
                ),
            ],
        };

    /// <summary>Without a trace of a member whose erasure is at the end.</summary>
    public ConversationState Forget(string memberId) =>
        this with
        {
            Former = [.. Former.Where(former => former.MemberId != memberId)],
        };

    /// <summary>Without the messages up to a number.</summary>
    /// <param name="last">The number.</param>
    /// <param name="deleted">Those messages, as far as they were kept until now.</param>
    public ConversationState Trim(
        long last,
        IReadOnlyCollection<(long Number, string SenderId)> deleted
    ) =>
        this with
        {
            Revision = Revision + 1,
            FirstKept = last + 1,
            LastMessage = last >= LastNumber ? null : LastMessage,
            Changes = [.. Changes.Where(record => record.Message.Number > last)],
            Members =
            [
                .. Members.Select(member =>
                    member.ReadNumber >= last
                        ? member
                        : member with
                        {
                            ReadNumber = last,
                            Unread =
                                member.Unread
                                - deleted.Count(message =>
                                    message.Number > member.ReadNumber
                                    && message.Number >= member.FirstNumber
                                    && message.SenderId != member.MemberId
                                ),
                        }
                ),
            ],
        };

    /// <summary>With the read mark of a member moved up.</summary>
    public ConversationState MarkRead(
        string memberId,
        long number,
        long unread,
        DateTimeOffset time
    ) =>
        this with
        {
            Revision = Revision + 1,
            Stamp = Stamps.Pending,
            Members =
            [
                .. Members.Select(member =>
                    member.MemberId == memberId
                        ? member with
                        {
                            ReadStamp = Stamps.Pending,
                            ReadNumber = number,
                            ReadTime = time,
                            Unread = unread,
                        }
                        : member
                ),
            ],
        };

    /// <summary>With the newest message cut as views show it; documents read for a view come so.</summary>
    public ConversationState WithPreview() =>
        LastMessage is { } last
            ? this with
            {
                LastMessage = last with
                {
                    Message = last.Message with { Text = Cut(last.Message.Text) },
                },
            }
            : this;

    private static string Cut(string text) =>
        string.Concat(text.EnumerateRunes().Take(MessagePreview.MaxLength));

    /// <summary>As a member sees it; null for one who is not in it.</summary>
    public ConversationView? ViewOf(string memberId) =>
        Find(memberId) is { } viewer
            ? new ConversationView
            {
                Id = Id,
                Kind = Kind,
                Name = Name,
                CreatorId = CreatorId,
                CreateTime = CreateTime,
                LastNumber = LastNumber,
                LastActivityTime = LastActivityTime,
                LastMessage = LastMessage?.Message is { } last
                    ? new MessagePreview(
                        last.Number,
                        last.Kind,
                        last.SenderId,
                        last.Text,
                        last.CreateTime,
                        last.DeleteTime is not null
                    )
                    : null,
                Members =
                [
                    .. Members
                        .OrderBy(member => member.FirstNumber)
                        .ThenBy(member => member.MemberId, StringComparer.Ordinal)
                        .Select(member => new ConversationMember(
                            member.MemberId,
                            member.JoinTime,
                            member.AddedById,
                            member.ReadNumber,
                            member.IsGone
                        )),
                ],
                FirstNumber = FirstNumberOf(viewer),
                ReadNumber = viewer.ReadNumber,
                UnreadCount = viewer.Unread,
            }
            : null;

    private static MemberState Join(
        string memberId,
        string addedById,
        DateTimeOffset time,
        long firstNumber,
        long unread
    ) =>
        new()
        {
            MemberId = memberId,
            AddedById = addedById,
            JoinTime = time,
            FirstNumber = firstNumber,
            ReadNumber = firstNumber - 1,
            Unread = unread,
        };

    private static MemberState Receive(MemberState member, string senderId, long number) =>
        member.MemberId != senderId ? member with { Unread = member.Unread + 1 }
        : member.Unread == 0 ? member with { ReadNumber = number }
        : member;
}
