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

    /// <summary>The newest message; null while there is none. Its text may be cut, if the document was read for a view only.</summary>
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
            Members =
            [
                Join(conversation.CreatorId, addedById: "", conversation.Time, 1, unread: 0),
                .. conversation.OtherMemberIds.Select(other =>
                    Join(other, conversation.CreatorId, conversation.Time, 1, unread: 0)
                ),
            ],
        };

    public MemberState? Find(string memberId) =>
        Members.FirstOrDefault(member => member.MemberId == memberId);

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
            ),
        };
    }

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
            Members =
            [
                .. Members.Select(member =>
                    member.MemberId == memberId
                        ? member with
                        {
                            ReadNumber = number,
                            ReadTime = time,
                            Unread = unread,
                        }
                        : member
                ),
            ],
        };

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
                        Deleted: false
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
                            member.ReadNumber
                        )),
                ],
                FirstNumber = viewer.FirstNumber,
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
