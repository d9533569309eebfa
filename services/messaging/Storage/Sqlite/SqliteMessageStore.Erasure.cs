using System.Globalization;
using Platform.Messaging.Conversations;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>Erasing members and old messages.</summary>
public sealed partial class SqliteMessageStore
{
    // how long the one writer is held up
    private const int ErasedInAStep = 50;
    private const int ScannedInAStep = 5000;

    /// <inheritdoc />
    public Task<ErasureStep> EraseAsync(
        string memberId,
        DateTimeOffset time,
        CancellationToken cancellationToken
    ) => _database.WriteAsync(session => Erase(session, memberId, time), cancellationToken);

    /// <inheritdoc />
    public Task<long> DeleteOlderAsync(
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) => _database.WriteAsync(session => DeleteOlder(session, before, limit), cancellationToken);

    private static ErasureStep Erase(SqliteSession session, string memberId, DateTimeOffset time)
    {
        if (FindPlace(session, memberId) is { } place)
        {
            var stamp = Restamp(session, place.Key, shape: true);
            if (place.Kind == ConversationKind.Group)
            {
                RemoveMember(session, place.Key, memberId, stamp);
            }
            else
            {
                session
                    .Command(
                        """
                        UPDATE participants SET gone = 1, unread = 0, read_number = 0, read_time = NULL
                        WHERE conversation = $key AND member = $member
                        """
                    )
                    .Bind("$key", place.Key)
                    .Bind("$member", memberId)
                    .ExecuteNonQuery();
                NoteDeparture(session, place.Key, memberId, stamp);
            }
            return new ErasureStep(
                place.Id,
                0,
                Left: true,
                [.. MemberIdsOf(session, place.Key), memberId]
            );
        }
        return FindTrace(session, memberId) is { } trace
            ? EraseMessages(session, memberId, trace, time)
            : ErasureStep.Nothing;
    }

    private static (long Key, string Id, ConversationKind Kind)? FindPlace(
        SqliteSession session,
        string memberId
    )
    {
        using var reader = session
            .Command(
                """
                SELECT c.key, c.id, c.kind FROM participants p JOIN conversations c ON c.key = p.conversation
                WHERE p.member = $member AND p.gone = 0 LIMIT 1
                """
            )
            .Bind("$member", memberId)
            .ExecuteReader();
        return reader.Read()
            ? (reader.GetInt64(0), reader.GetString(1), (ConversationKind)reader.GetInt32(2))
            : null;
    }

    private static (long Key, string Id, long Erased, long Last)? FindTrace(
        SqliteSession session,
        string memberId
    )
    {
        using var reader = session
            .Command(
                """
                SELECT c.key, c.id, d.erased, c.last_number
                FROM departures d JOIN conversations c ON c.key = d.conversation
                WHERE d.member = $member LIMIT 1
                """
            )
            .Bind("$member", memberId)
            .ExecuteReader();
        return reader.Read()
            ? (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3))
            : null;
    }

    private static ErasureStep EraseMessages(
        SqliteSession session,
        string memberId,
        (long Key, string Id, long Erased, long Last) trace,
        DateTimeOffset time
    )
    {
        var scanned = Math.Min(trace.Last, trace.Erased + ScannedInAStep);
        var messages = FindOf(session, memberId, trace.Key, trace.Id, trace.Erased, scanned);
        foreach (var message in messages)
        {
            WriteChanged(
                session,
                trace.Key,
                MessageChange.Deletion(message, time).ApplyTo(message) with
                {
                    Edits = [],
                },
                Restamp(session, trace.Key)
            );
        }
        var erased = messages.Count == ErasedInAStep ? messages[^1].Number : scanned;
        session
            .Command(
                erased >= trace.Last
                    ? "DELETE FROM departures WHERE member = $member AND conversation = $key"
                    : "UPDATE departures SET erased = $erased WHERE member = $member AND conversation = $key"
            )
            .Bind("$member", memberId)
            .Bind("$key", trace.Key)
            .Bind("$erased", erased)
            .ExecuteNonQuery();
        return new ErasureStep(
            trace.Id,
            messages.Count,
            Left: false,
            MemberIdsOf(session, trace.Key)
        );
    }

    private static List<StoredMessage> FindOf(
        SqliteSession session,
        string memberId,
        long key,
        string conversationId,
        long after,
        long upTo
    )
    {
        using var reader = session
            .Command(
                $"""
                SELECT {MessageRows.Columns} FROM messages
                WHERE conversation = $key AND number > $after AND number <= $up_to
                    AND sender = $member AND deleted IS NULL
                ORDER BY number LIMIT $limit
                """
            )
            .Bind("$key", key)
            .Bind("$after", after)
            .Bind("$up_to", upTo)
            .Bind("$member", memberId)
            .Bind("$limit", ErasedInAStep)
            .ExecuteReader();
        var messages = new List<StoredMessage>();
        while (reader.Read())
        {
            messages.Add(MessageRows.ReadMessage(reader, conversationId));
        }
        return messages;
    }

    private static List<string> MemberIdsOf(SqliteSession session, long key) =>
        [
            .. ConversationRows
                .ReadMembers(session, key)
                .Where(member => !member.IsGone)
                .Select(member => member.MemberId),
        ];

    private static long DeleteOlder(SqliteSession session, DateTimeOffset before, int limit)
    {
        using var reader = session
            .Command(
                """
                SELECT key, first_kept FROM conversations
                WHERE oldest < $before ORDER BY oldest LIMIT 1
                """
            )
            .Bind("$before", before.ToUnixTimeMilliseconds())
            .ExecuteReader();
        if (!reader.Read())
        {
            return 0;
        }
        var (key, firstKept) = (reader.GetInt64(0), reader.GetInt64(1));
        reader.Close();
        var last = LastOlder(session, key, firstKept, before, limit);
        session
            .Command(
                """
                UPDATE participants
                SET unread = unread - (
                        SELECT count(*) FROM messages m
                        WHERE m.conversation = $key AND m.number BETWEEN participants.read_number + 1 AND $last
                            AND m.number >= participants.first_number AND m.sender <> participants.member),
                    read_number = $last
                WHERE conversation = $key AND read_number < $last
                """
            )
            .Bind("$key", key)
            .Bind("$last", last)
            .ExecuteNonQuery();
        ForgetForSearch(session, key, last);
        var deleted = session
            .Command("DELETE FROM messages WHERE conversation = $key AND number <= $last")
            .Bind("$key", key)
            .Bind("$last", last)
            .ExecuteNonQuery();
        session
            .Command(
                """
                UPDATE conversations
                SET first_kept = $last + 1,
                    oldest = (SELECT created FROM messages WHERE conversation = $key AND number = $last + 1)
                WHERE key = $key
                """
            )
            .Bind("$key", key)
            .Bind("$last", last)
            .ExecuteNonQuery();
        return deleted;
    }

    /// <summary>Times do not fall as numbers rise: the older ones are the first ones.</summary>
    private static long LastOlder(
        SqliteSession session,
        long key,
        long firstKept,
        DateTimeOffset before,
        int limit
    ) =>
        Convert.ToInt64(
            session
                .Command(
                    """
                    SELECT max(number) FROM (
                        SELECT number, created FROM messages
                        WHERE conversation = $key AND number >= $first ORDER BY number LIMIT $limit)
                    WHERE created < $before
                    """
                )
                .Bind("$key", key)
                .Bind("$first", firstKept)
                .Bind("$limit", limit)
                .Bind("$before", before.ToUnixTimeMilliseconds())
                .ExecuteScalar(),
            CultureInfo.InvariantCulture
        );
}
