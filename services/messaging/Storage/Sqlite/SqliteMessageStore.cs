using System.Globalization;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>The message store on SQLite: what the port asks to happen in one step happens in one transaction.</summary>
public sealed partial class SqliteMessageStore(SqliteDatabase database, TimeProvider time)
    : IMessageStore
{
    private static readonly TimeSpan StartRequestsKept = TimeSpan.FromHours(24);

    private readonly SqliteDatabase _database = database;
    private readonly TimeProvider _time = time;

    /// <summary>Opens the file of messaging, or makes it.</summary>
    public static SqliteDatabase Open(string path) => new(path, MessagingSchema.Migrations);

    public Task<StartedConversation?> FindStartAsync(
        string memberId,
        string requestId,
        CancellationToken cancellationToken
    ) => _database.ReadAsync(session => FindStart(session, memberId, requestId), cancellationToken);

    public Task<StartedConversation> StartAsync(
        NewConversation conversation,
        CancellationToken cancellationToken
    ) => _database.WriteAsync(session => Start(session, conversation), cancellationToken);

    public Task<ConversationView?> FindConversationAsync(
        string conversationId,
        string memberId,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync(
            session => FindView(session, conversationId, memberId),
            cancellationToken
        );

    public Task<ConversationPage> ListConversationsAsync(
        string memberId,
        string? after,
        int limit,
        bool unreadOnly,
        CancellationToken cancellationToken
    )
    {
        var (activity, key) = after is null ? (long.MaxValue, long.MaxValue) : ParsePosition(after);
        return _database.ReadAsync(
            session =>
            {
                var command = session
                    .Command(
                        $"""
                        SELECT {ConversationRows.ViewColumns}
                        FROM participants p
                        JOIN conversations c ON c.key = p.conversation
                        LEFT JOIN messages m ON m.conversation = c.key AND m.number = c.last_number
                        WHERE p.member = $member AND p.gone = 0 AND (p.activity, p.conversation) < ($activity, $key)
                            {(unreadOnly ? "AND p.unread > 0" : "")}
                        ORDER BY p.activity DESC, p.conversation DESC
                        LIMIT $limit
                        """
                    )
                    .Bind("$member", memberId)
                    .Bind("$activity", activity)
                    .Bind("$key", key)
                    .Bind("$limit", limit + 1);
                var rows = ConversationRows.ReadViews(session, command);
                if (rows.Count <= limit)
                {
                    return new ConversationPage([.. rows.Select(row => row.View)], Next: null);
                }
                var last = rows[limit - 1];
                return new ConversationPage(
                    [.. rows.Take(limit).Select(row => row.View)],
                    string.Create(CultureInfo.InvariantCulture, $"{last.Activity}.{last.Key}")
                );
            },
            cancellationToken
        );
    }

    public Task<SendPreparation> PrepareAsync(
        string conversationId,
        string senderId,
        string requestId,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync(
            session =>
            {
                // the version before the members: if they change between the two, the append finds out
                if (
                    ConversationRows.FindConversation(session, conversationId)
                    is not { } conversation
                )
                {
                    return new SendPreparation(null, null);
                }
                var earlier = MessageRows.FindRequest(
                    session,
                    conversation.Key,
                    senderId,
                    requestId
                );
                var members = ConversationRows.ReadMembers(session, conversation.Key);
                return new SendPreparation(
                    members.Exists(member => member.MemberId == senderId && !member.IsGone)
                        ? new Membership(
                            conversation.Kind,
                            [.. members.Select(member => member.MemberId)],
                            conversation.MembersVersion
                        )
                        : null,
                    earlier
                );
            },
            cancellationToken
        );

    public Task<AppendResult> AppendAsync(
        MessageDraft draft,
        CancellationToken cancellationToken
    ) => _database.WriteAsync(session => Append(session, draft), cancellationToken);

    public Task<MessagePage?> ReadMessagesAsync(
        string conversationId,
        string memberId,
        MessageRange range,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync(
            session => ReadMessages(session, conversationId, memberId, range),
            cancellationToken
        );

    public Task<ReadMark?> MarkReadAsync(
        string conversationId,
        string memberId,
        long number,
        DateTimeOffset time,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session => MarkRead(session, conversationId, memberId, number, time),
            cancellationToken
        );

    public Task<UnreadCounts> CountUnreadAsync(
        string memberId,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync(
            session =>
            {
                using var reader = session
                    .Command(
                        "SELECT count(*), coalesce(sum(unread), 0) FROM participants WHERE member = $member AND gone = 0 AND unread > 0"
                    )
                    .Bind("$member", memberId)
                    .ExecuteReader();
                reader.Read();
                return new UnreadCounts(reader.GetInt64(0), reader.GetInt64(1));
            },
            cancellationToken
        );

    private static ConversationView? FindView(
        SqliteSession session,
        string conversationId,
        string memberId
    )
    {
        var command = session
            .Command(
                $"""
                SELECT {ConversationRows.ViewColumns}
                FROM conversations c
                JOIN participants p ON p.conversation = c.key AND p.member = $member AND p.gone = 0
                LEFT JOIN messages m ON m.conversation = c.key AND m.number = c.last_number
                WHERE c.id = $id
                """
            )
            .Bind("$member", memberId)
            .Bind("$id", conversationId);
        return ConversationRows.ReadViews(session, command) is [var row] ? row.View : null;
    }

    private StartedConversation? FindStart(SqliteSession session, string memberId, string requestId)
    {
        using var reader = session
            .Command(
                """
                SELECT c.id, r.created, r.fingerprint
                FROM start_requests r
                JOIN conversations c ON c.key = r.conversation
                WHERE r.member = $member AND r.request_id = $request AND r.time > $from
                """
            )
            .Bind("$member", memberId)
            .Bind("$request", requestId)
            .Bind("$from", (_time.GetUtcNow() - StartRequestsKept).ToUnixTimeMilliseconds())
            .ExecuteReader();
        return reader.Read()
            ? new StartedConversation(
                reader.GetString(0),
                reader.GetBoolean(1),
                reader.GetString(2)
            )
            : null;
    }

    private StartedConversation Start(SqliteSession session, NewConversation conversation)
    {
        var time = conversation.Time.ToUnixTimeMilliseconds();
        var repeatable = conversation.RequestId.Length > 0;
        if (
            repeatable
            && FindStart(session, conversation.CreatorId, conversation.RequestId) is { } earlier
        )
        {
            return earlier;
        }
        var existing = ConversationRows.FindConversation(session, conversation.Id);
        var key = existing?.Key ?? InsertConversation(session, conversation, time);
        var created = existing is null;
        if (repeatable)
        {
            session
                .Command("DELETE FROM start_requests WHERE time <= $before")
                .Bind("$before", (conversation.Time - StartRequestsKept).ToUnixTimeMilliseconds())
                .ExecuteNonQuery();
            session
                .Command(
                    """
                    INSERT OR REPLACE INTO start_requests (member, request_id, fingerprint, conversation, created, time)
                    VALUES ($member, $request, $fingerprint, $conversation, $created, $time)
                    """
                )
                .Bind("$member", conversation.CreatorId)
                .Bind("$request", conversation.RequestId)
                .Bind("$fingerprint", conversation.Fingerprint)
                .Bind("$conversation", key)
                .Bind("$created", created)
                .Bind("$time", time)
                .ExecuteNonQuery();
        }
        return new StartedConversation(conversation.Id, created, conversation.Fingerprint);
    }

    private static long InsertConversation(
        SqliteSession session,
        NewConversation conversation,
        long time
    )
    {
        var key = Convert.ToInt64(
            session
                .Command(
                    """
                    INSERT INTO conversations (id, kind, name, creator, created, last_activity, stamp, shape)
                    VALUES ($id, $kind, $name, $creator, $time, $time, $stamp, $stamp)
                    RETURNING key
                    """
                )
                .Bind("$stamp", NextStamp(session))
                .Bind("$id", conversation.Id)
                .Bind("$kind", (int)conversation.Kind)
                .Bind("$name", conversation.Name)
                .Bind("$creator", conversation.CreatorId)
                .Bind("$time", time)
                .ExecuteScalar(),
            CultureInfo.InvariantCulture
        );
        InsertMember(
            session,
            key,
            conversation.CreatorId,
            addedBy: "",
            time,
            firstNumber: 1,
            unread: 0
        );
        foreach (var other in conversation.OtherMemberIds)
        {
            InsertMember(
                session,
                key,
                other,
                conversation.CreatorId,
                time,
                firstNumber: 1,
                unread: 0
            );
        }
        return key;
    }

    private static void InsertMember(
        SqliteSession session,
        long key,
        string memberId,
        string addedBy,
        long time,
        long firstNumber,
        long unread
    )
    {
        session
            .Command(
                """
                INSERT INTO participants
                    (conversation, member, joined, added_by, first_number, read_number, unread, activity)
                VALUES ($conversation, $member, $time, $added_by, $first, $first - 1, $unread, $time)
                """
            )
            .Bind("$conversation", key)
            .Bind("$member", memberId)
            .Bind("$time", time)
            .Bind("$added_by", addedBy)
            .Bind("$first", firstNumber)
            .Bind("$unread", unread)
            .ExecuteNonQuery();
    }

    private static MessagePage? ReadMessages(
        SqliteSession session,
        string conversationId,
        string memberId,
        MessageRange range
    )
    {
        if (
            ConversationRows.FindParticipant(session, conversationId, memberId)
            is not { } participant
        )
        {
            return null;
        }
        // the end as it was found: what is appended meanwhile is for the next page
        var start = range.Start == 0 && range.NewestFirst ? long.MaxValue : range.Start;
        var low = range.NewestFirst
            ? participant.FirstNumber
            : Math.Max(start, participant.FirstNumber);
        var high = range.NewestFirst
            ? Math.Min(start, participant.LastNumber)
            : participant.LastNumber;
        using var reader = session
            .Command(
                range.NewestFirst
                    ? $"SELECT {MessageRows.Columns} FROM messages WHERE conversation = $key AND number BETWEEN $low AND $high ORDER BY number DESC LIMIT $limit"
                    : $"SELECT {MessageRows.Columns} FROM messages WHERE conversation = $key AND number BETWEEN $low AND $high ORDER BY number LIMIT $limit"
            )
            .Bind("$key", participant.Key)
            .Bind("$low", low)
            .Bind("$high", high)
            .Bind("$limit", range.Limit)
            .ExecuteReader();
        var messages = new List<StoredMessage>(range.Limit);
        var bytes = 0;
        while (bytes < range.MaxBytes && reader.Read())
        {
            var message = MessageRows.ReadMessage(reader, conversationId);
            messages.Add(message);
            bytes += message.CountBytes();
        }
        long? next = messages switch
        {
            [.., var last] when range.NewestFirst && last.Number > low => last.Number - 1,
            [.., var last] when !range.NewestFirst && last.Number < high => last.Number + 1,
            _ => null,
        };
        return new MessagePage(messages, next, participant.LastNumber);
    }

    private static ReadMark? MarkRead(
        SqliteSession session,
        string conversationId,
        string memberId,
        long number,
        DateTimeOffset time
    )
    {
        if (
            ConversationRows.FindParticipant(session, conversationId, memberId)
            is not { } participant
        )
        {
            return null;
        }
        if (number > participant.LastNumber || number <= participant.ReadNumber)
        {
            return new ReadMark(
                participant.ReadNumber,
                participant.Unread,
                number > participant.LastNumber
            );
        }
        var unread =
            number == participant.LastNumber
                ? 0
                : Convert.ToInt64(
                    session
                        .Command(
                            "SELECT count(*) FROM messages WHERE conversation = $key AND number > $number AND sender <> $member"
                        )
                        .Bind("$key", participant.Key)
                        .Bind("$number", number)
                        .Bind("$member", memberId)
                        .ExecuteScalar(),
                    CultureInfo.InvariantCulture
                );
        session
            .Command(
                """
                UPDATE participants
                SET read_number = $number, read_time = $time, unread = $unread, read_stamp = $stamp
                WHERE conversation = $key AND member = $member
                """
            )
            .Bind("$stamp", Restamp(session, participant.Key))
            .Bind("$key", participant.Key)
            .Bind("$member", memberId)
            .Bind("$number", number)
            .Bind("$time", time.ToUnixTimeMilliseconds())
            .Bind("$unread", unread)
            .ExecuteNonQuery();
        return new ReadMark(number, unread) { MemberIds = MemberIdsOf(session, participant.Key) };
    }

    private static (long Activity, long Key) ParsePosition(string position)
    {
        var parts = position.Split('.');
        return
            parts.Length == 2
            && long.TryParse(
                parts[0],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var activity
            )
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? (activity, key)
            : throw new FormatException("Not a position of this list.");
    }
}
