using Platform.Messaging.Messages;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>Changing messages.</summary>
public sealed partial class SqliteMessageStore
{
    /// <inheritdoc />
    public Task<ChangePreparation?> PrepareChangeAsync(
        string conversationId,
        string memberId,
        long number,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync(
            session =>
            {
                // the version before the members: if they change between the two, the change finds out
                if (
                    ConversationRows.FindConversation(session, conversationId)
                        is not { } conversation
                    || ConversationRows.FindParticipant(session, conversationId, memberId)
                        is not { } participant
                )
                {
                    return null;
                }
                return new ChangePreparation(
                    new Membership(
                        conversation.Kind,
                        [
                            .. ConversationRows
                                .ReadMembers(session, conversation.Key)
                                .Select(member => member.MemberId),
                        ],
                        conversation.MembersVersion
                    ),
                    number < participant.FirstNumber
                        ? null
                        : FindMessage(session, conversation.Key, conversationId, number)
                );
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<StoredMessage?> ChangeAsync(
        MessageChange change,
        CancellationToken cancellationToken
    ) => _database.WriteAsync(session => Change(session, change), cancellationToken);

    private static long NextStamp(SqliteSession session, int count = 1)
    {
        using var next = session
            .Statement("UPDATE sequence SET value = value + ?1 RETURNING value")
            .Bind(1, count);
        // the step that returns the one row has changed it
        next.Step();
        return next.GetInt64(0);
    }

    /// <summary>Notes a change of a conversation that its caller stores; gives its stamp.</summary>
    private static long Restamp(SqliteSession session, long key, bool shape = false)
    {
        var stamp = NextStamp(session);
        session
            .Command(
                shape
                    ? "UPDATE conversations SET stamp = $stamp, shape = $stamp, members_version = members_version + 1 WHERE key = $key"
                    : "UPDATE conversations SET stamp = $stamp WHERE key = $key"
            )
            .Bind("$stamp", stamp)
            .Bind("$key", key)
            .ExecuteNonQuery();
        return stamp;
    }

    private static void RemoveMember(SqliteSession session, long key, string memberId, long stamp)
    {
        session
            .Command("DELETE FROM participants WHERE conversation = $key AND member = $member")
            .Bind("$key", key)
            .Bind("$member", memberId)
            .ExecuteNonQuery();
        NoteDeparture(session, key, memberId, stamp);
    }

    private static void NoteDeparture(
        SqliteSession session,
        long key,
        string memberId,
        long stamp
    ) =>
        session
            .Command(
                "INSERT OR REPLACE INTO departures (member, conversation, stamp) VALUES ($member, $key, $stamp)"
            )
            .Bind("$member", memberId)
            .Bind("$key", key)
            .Bind("$stamp", stamp)
            .ExecuteNonQuery();

    private static StoredMessage? FindMessage(
        SqliteSession session,
        long key,
        string conversationId,
        long number
    )
    {
        using var reader = session
            .Command(
                $"SELECT {MessageRows.Columns}, edits FROM messages WHERE conversation = $key AND number = $number"
            )
            .Bind("$key", key)
            .Bind("$number", number)
            .ExecuteReader();
        return reader.Read()
            ? MessageRows.ReadMessage(reader, conversationId) with
            {
                Edits = MessageRows.FromJson<EditRequest>(reader.GetStringOrNull(10)),
            }
            : null;
    }

    private static StoredMessage? Change(SqliteSession session, MessageChange change)
    {
        if (
            ConversationRows.FindConversation(session, change.ConversationId)
                is not { } conversation
            || (change.MembershipVersion is { } version && version != conversation.MembersVersion)
            || FindMessage(session, conversation.Key, change.ConversationId, change.Number)
                is not { } message
            || message.Version != change.ReadVersion
        )
        {
            return null;
        }
        var changed = change.ApplyTo(message);
        WriteChanged(session, conversation.Key, changed, Restamp(session, conversation.Key));
        return changed;
    }

    private static void WriteChanged(
        SqliteSession session,
        long key,
        StoredMessage message,
        long stamp
    )
    {
        session
            .Command(
                """
                UPDATE messages
                SET text = $text, links = $links, edited = $edited, deleted = $deleted, edits = $edits,
                    version = $version, changed = $stamp
                WHERE conversation = $key AND number = $number
                """
            )
            .Bind("$key", key)
            .Bind("$number", message.Number)
            .Bind("$text", message.Text)
            .Bind("$links", MessageRows.ToJson(message.Links))
            .Bind("$edited", message.EditTime?.ToUnixTimeMilliseconds())
            .Bind("$deleted", message.DeleteTime?.ToUnixTimeMilliseconds())
            .Bind("$edits", MessageRows.ToJson(message.Edits))
            .Bind("$version", message.Version)
            .Bind("$stamp", stamp)
            .ExecuteNonQuery();
        // at once: what it said before is searched no more, whoever searches next
        TakeFromSearch(session, key, message.Number);
        NoteForSearch(session, key, message.Number);
    }
}
