using System.Globalization;
using System.Text.Json;
using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>The record of changes.</summary>
public sealed partial class SqliteMessageStore
{
    /// <inheritdoc />
    public Task<RecordBounds> GetRecordBoundsAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(
            session =>
            {
                var last = LastStamp(session);
                return new RecordBounds(last, last);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<RecordLook> LookAsync(
        IReadOnlyCollection<string> memberIds,
        long after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync(
            session =>
            {
                // before the look: what has a number up to it is visible to it
                var settled = LastStamp(session);
                return settled <= after
                    ? new RecordLook(settled, [])
                    : new RecordLook(settled, FindChanged(session, memberIds, after, limit));
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<ConversationChanges?> ReadChangesAsync(
        string conversationId,
        string memberId,
        long after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync(
            session => ReadChanges(session, conversationId, memberId, after, limit),
            cancellationToken
        );

    private static long LastStamp(SqliteSession session) =>
        Convert.ToInt64(
            session.Command("SELECT value FROM sequence").ExecuteScalar(),
            CultureInfo.InvariantCulture
        );

    private static List<ChangedConversation> FindChanged(
        SqliteSession session,
        IReadOnlyCollection<string> memberIds,
        long after,
        int limit
    )
    {
        using var reader = session
            .Command(
                """
                SELECT c.id, c.stamp, p.member
                FROM json_each($members) m
                JOIN participants p ON p.member = m.value AND p.gone = 0
                JOIN conversations c ON c.key = p.conversation AND c.stamp > $after
                UNION ALL
                SELECT c.id, c.stamp, d.member
                FROM json_each($members) m
                JOIN departures d ON d.member = m.value AND d.stamp > $after
                JOIN conversations c ON c.key = d.conversation
                ORDER BY 2
                """
            )
            .Bind("$members", JsonSerializer.Serialize(memberIds))
            .Bind("$after", after)
            .ExecuteReader();
        var found = new List<ChangedConversation>();
        while (reader.Read())
        {
            var (id, stamp, member) = (
                reader.GetString(0),
                reader.GetInt64(1),
                reader.GetString(2)
            );
            // a stamp is of one conversation, so its rows stand together
            if (found is [.., var last] && last.Stamp == stamp)
            {
                found[^1] = last with { MemberIds = [.. last.MemberIds, member] };
            }
            else if (found.Count == limit)
            {
                break;
            }
            else
            {
                found.Add(new ChangedConversation(id, stamp, [member]));
            }
        }
        return found;
    }

    private static ConversationChanges? ReadChanges(
        SqliteSession session,
        string conversationId,
        string memberId,
        long after,
        int limit
    )
    {
        // the stamp first: what is read after it, and is newer, is left for the next time
        if (ConversationRows.FindConversation(session, conversationId) is not { } conversation)
        {
            return null;
        }
        var (key, upTo) = (conversation.Key, conversation.Stamp);
        if (
            ConversationRows.FindParticipant(session, conversationId, memberId)
            is not { } participant
        )
        {
            return FindDeparture(session, key, memberId) is { } left
                ? ConversationChanges.Of(
                    left > after ? [new ConversationChange(left, ChangeKind.Left)] : [],
                    upTo,
                    upTo,
                    limit
                )
                : null;
        }
        if (upTo <= after)
        {
            return new ConversationChanges(upTo, false, []);
        }
        var complete = upTo;
        var changes = new List<ConversationChange>();
        AddSent(session, conversationId, participant, after, limit, changes, ref complete);
        AddChanged(session, conversationId, participant, after, limit, changes, ref complete);
        AddReads(session, key, after, changes);
        if (conversation.Shape > after && FindView(session, conversationId, memberId) is { } view)
        {
            changes.Add(
                new ConversationChange(conversation.Shape, ChangeKind.ConversationChanged)
                {
                    Conversation = view,
                }
            );
        }
        return ConversationChanges.Of(changes, complete, upTo, limit);
    }

    private static long? FindDeparture(SqliteSession session, long key, string memberId) =>
        session
            .Command("SELECT stamp FROM departures WHERE member = $member AND conversation = $key")
            .Bind("$member", memberId)
            .Bind("$key", key)
            .ExecuteScalar()
            is long stamp
            ? stamp
            : null;

    private static void AddSent(
        SqliteSession session,
        string conversationId,
        ParticipantRow participant,
        long after,
        int limit,
        List<ConversationChange> changes,
        ref long complete
    )
    {
        var first = FirstSentAfter(session, participant, after);
        using var reader = session
            .Command(
                $"SELECT {MessageRows.Columns}, sent FROM messages WHERE conversation = $key AND number >= $first ORDER BY number LIMIT $limit"
            )
            .Bind("$key", participant.Key)
            .Bind("$first", first)
            .Bind("$limit", limit)
            .ExecuteReader();
        Collect(reader, conversationId, ChangeKind.MessageSent, limit, changes, ref complete);
    }

    private static void AddChanged(
        SqliteSession session,
        string conversationId,
        ParticipantRow participant,
        long after,
        int limit,
        List<ConversationChange> changes,
        ref long complete
    )
    {
        using var reader = session
            .Command(
                $"""
                SELECT {MessageRows.Columns}, changed FROM messages
                WHERE conversation = $key AND changed > $after AND number >= $first
                ORDER BY changed LIMIT $limit
                """
            )
            .Bind("$key", participant.Key)
            .Bind("$after", after)
            .Bind("$first", participant.FirstNumber)
            .Bind("$limit", limit)
            .ExecuteReader();
        Collect(reader, conversationId, ChangeKind.MessageChanged, limit, changes, ref complete);
    }

    private static void Collect(
        Microsoft.Data.Sqlite.SqliteDataReader reader,
        string conversationId,
        ChangeKind kind,
        int limit,
        List<ConversationChange> changes,
        ref long complete
    )
    {
        var (count, stamp) = (0, 0L);
        while (reader.Read())
        {
            count++;
            stamp = reader.GetInt64(10);
            changes.Add(
                new ConversationChange(stamp, kind)
                {
                    Message = MessageRows.ReadMessage(reader, conversationId),
                }
            );
        }
        if (count == limit)
        {
            complete = Math.Min(complete, stamp);
        }
    }

    private static void AddReads(
        SqliteSession session,
        long key,
        long after,
        List<ConversationChange> changes
    )
    {
        using var reader = session
            .Command(
                """
                SELECT member, joined, added_by, read_number, read_stamp, read_time FROM participants
                WHERE conversation = $key AND read_stamp > $after
                """
            )
            .Bind("$key", key)
            .Bind("$after", after)
            .ExecuteReader();
        while (reader.Read())
        {
            changes.Add(
                new ConversationChange(reader.GetInt64(4), ChangeKind.ReadMoved)
                {
                    Reader = new ConversationMember(
                        reader.GetString(0),
                        RowTime.At(reader.GetInt64(1)),
                        reader.GetString(2),
                        reader.GetInt64(3)
                    ),
                    ReadTime = RowTime.At(reader.GetInt64(5)),
                }
            );
        }
    }

    /// <summary>The first number whose message was sent after a stamp. Sought from the end, where it mostly is.</summary>
    private static long FirstSentAfter(
        SqliteSession session,
        ParticipantRow participant,
        long after
    )
    {
        var none = participant.FirstNumber - 1;
        var (low, high) = (participant.LastNumber, participant.LastNumber + 1);
        for (var step = 1L; low > none && IsAfter(low); step *= 2)
        {
            (high, low) = (low, Math.Max(none, low - step));
        }
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (IsAfter(middle))
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }
        return high;

        bool IsAfter(long number) =>
            session
                .Command(
                    "SELECT sent > $after FROM messages WHERE conversation = $key AND number = $number"
                )
                .Bind("$key", participant.Key)
                .Bind("$number", number)
                .Bind("$after", after)
                .ExecuteScalar()
                is 1L;
    }
}
