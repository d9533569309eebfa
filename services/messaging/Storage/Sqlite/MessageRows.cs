using System.Text.Json;
using Microsoft.Data.Sqlite;
using Platform.Messaging.Messages;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>Reads rows of <c>messages</c>.</summary>
internal static class MessageRows
{
    /// <summary>What <see cref="ReadMessage"/> needs, in its order.</summary>
    public const string Columns =
        "number, kind, sender, text, links, affected, created, edited, deleted, version";

    /// <summary>The same, of a table called m.</summary>
    public const string QualifiedColumns =
        "m.number, m.kind, m.sender, m.text, m.links, m.affected, m.created, m.edited, m.deleted, m.version";

    public static StoredMessage ReadMessage(SqliteDataReader reader, string conversationId) =>
        new()
        {
            ConversationId = conversationId,
            Number = reader.GetInt64(0),
            Kind = (MessageKind)reader.GetInt32(1),
            SenderId = reader.GetString(2),
            Text = reader.GetString(3),
            Links = FromJson<MessageLink>(reader.GetStringOrNull(4)),
            AffectedMemberIds = FromJson<string>(reader.GetStringOrNull(5)),
            CreateTime = RowTime.At(reader.GetInt64(6)),
            EditTime = reader.GetInt64OrNull(7) is { } edited ? RowTime.At(edited) : null,
            DeleteTime = reader.GetInt64OrNull(8) is { } deleted ? RowTime.At(deleted) : null,
            Version = reader.GetInt64(9),
        };

    public static EarlierRequest? FindRequest(
        SqliteSession session,
        long key,
        string senderId,
        string requestId
    )
    {
        if (requestId.Length == 0)
        {
            return null;
        }
        using var row = session
            .Statement(
                """
                SELECT number, created, fingerprint FROM messages
                WHERE conversation = ?1 AND sender = ?2 AND request_id = ?3
                """
            )
            .Bind(1, key)
            .Bind(2, senderId)
            .Bind(3, requestId);
        return row.Step()
            ? new EarlierRequest(row.GetInt64(0), RowTime.At(row.GetInt64(1)), row.GetString(2))
            : null;
    }

    public static string? ToJson<T>(IReadOnlyList<T> items) =>
        items.Count == 0 ? null : JsonSerializer.Serialize(items);

    public static List<T> FromJson<T>(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<List<T>>(json)!;
}
