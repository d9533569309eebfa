using Microsoft.Data.Sqlite;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>Reads rows of <c>conversations</c> and <c>participants</c>.</summary>
internal static class ConversationRows
{
    /// <summary>What <see cref="ReadViews"/> needs of <c>c</c>(onversation), <c>p</c>(articipant) and its newest <c>m</c>(essage).</summary>
    public const string ViewColumns = """
        c.key, c.id, c.kind, c.name, c.creator, c.created, c.last_number, c.last_activity,
        max(p.first_number, c.first_kept), p.read_number, p.unread,
        m.kind, m.sender, substr(m.text, 1, 200), m.created, m.deleted IS NOT NULL, p.activity
        """;

    public static ConversationRow? FindConversation(SqliteSession session, string conversationId)
    {
        using var row = session
            .Statement(
                """
                SELECT key, kind, last_activity, members_version, last_number, stamp, shape, first_kept, oldest IS NOT NULL
                FROM conversations WHERE id = ?1
                """
            )
            .Bind(1, conversationId);
        return row.Step()
            ? new ConversationRow(
                row.GetInt64(0),
                (ConversationKind)row.GetInt32(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7),
                row.GetInt32(8) != 0
            )
            : null;
    }

    public static ParticipantRow? FindParticipant(
        SqliteSession session,
        string conversationId,
        string memberId
    )
    {
        using var reader = session
            .Command(
                """
                SELECT c.key, c.last_number, max(p.first_number, c.first_kept), p.read_number, p.unread, c.stamp
                FROM conversations c
                JOIN participants p ON p.conversation = c.key AND p.member = $member AND p.gone = 0
                WHERE c.id = $id
                """
            )
            .Bind("$id", conversationId)
            .Bind("$member", memberId)
            .ExecuteReader();
        return reader.Read()
            ? new ParticipantRow(
                reader.GetInt64(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetInt64(5)
            )
            : null;
    }

    public static List<ConversationMember> ReadMembers(SqliteSession session, long key)
    {
        using var row = session
            .Statement(
                """
                SELECT member, joined, added_by, read_number, gone FROM participants
                WHERE conversation = ?1 ORDER BY first_number, member
                """
            )
            .Bind(1, key);
        var members = new List<ConversationMember>(2);
        while (row.Step())
        {
            members.Add(
                new ConversationMember(
                    row.GetString(0),
                    RowTime.At(row.GetInt64(1)),
                    row.GetString(2),
                    row.GetInt64(3),
                    row.GetInt32(4) != 0
                )
            );
        }
        return members;
    }

    public static List<ViewRow> ReadViews(SqliteSession session, SqliteCommand command)
    {
        var rows = new List<ViewRow>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add(new ViewRow(reader.GetInt64(0), reader.GetInt64(16), ReadView(reader)));
            }
        }
        return
        [
            .. rows.Select(row =>
                row with
                {
                    View = row.View with { Members = ReadMembers(session, row.Key) },
                }
            ),
        ];
    }

    private static ConversationView ReadView(SqliteDataReader reader)
    {
        var lastNumber = reader.GetInt64(6);
        return new ConversationView
        {
            Id = reader.GetString(1),
            Kind = (ConversationKind)reader.GetInt32(2),
            Name = reader.GetString(3),
            CreatorId = reader.GetString(4),
            CreateTime = RowTime.At(reader.GetInt64(5)),
            LastNumber = lastNumber,
            LastActivityTime = RowTime.At(reader.GetInt64(7)),
            LastMessage = reader.IsDBNull(11)
                ? null
                : new MessagePreview(
                    lastNumber,
                    (MessageKind)reader.GetInt32(11),
                    reader.GetString(12),
                    reader.GetString(13),
                    RowTime.At(reader.GetInt64(14)),
                    reader.GetBoolean(15)
                ),
            Members = [],
            FirstNumber = reader.GetInt64(8),
            ReadNumber = reader.GetInt64(9),
            UnreadCount = reader.GetInt64(10),
        };
    }
}
