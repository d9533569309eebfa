using System.Globalization;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>
/// Searching by FTS5. Sends only note what is to be indexed, as indexing costs more than they do. What changes or goes is taken out
/// at once.
/// </summary>
public sealed partial class SqliteMessageStore
{
    // how long the one writer is held up; a search waits for some of it and then says that it is not complete
    private const int IndexedInAStep = 500;
    private const int MaxIndexSteps = 20;

    /// <inheritdoc />
    public async Task<SearchPage?> SearchAsync(
        SearchQuery query,
        CancellationToken cancellationToken
    )
    {
        var after = query.After is null ? long.MaxValue : ParseSearchPosition(query.After);
        var isComplete = await IndexAsync(cancellationToken).ConfigureAwait(false);
        return await _database
            .ReadAsync(session => Search(session, query, after, isComplete), cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<bool> IndexAsync(CancellationToken cancellationToken)
    {
        for (var step = 0; step < MaxIndexSteps; step++)
        {
            var isPending = await _database
                .ReadAsync(
                    session =>
                        session.Command("SELECT 1 FROM search_pending LIMIT 1").ExecuteScalar()
                            is not null,
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (!isPending)
            {
                return true;
            }
            await _database.WriteAsync(IndexSome, cancellationToken).ConfigureAwait(false);
        }
        return false;
    }

    private static void NoteForSearch(SqliteSession session, long key, long number)
    {
        using var write = session.Statement(
            "INSERT INTO search_pending (conversation, number) VALUES (?1, ?2)"
        );
        write.Bind(1, key).Bind(2, number).Execute();
    }

    private static void ForgetForSearch(SqliteSession session, long key, long last)
    {
        foreach (
            var sql in new[]
            {
                "DELETE FROM search_words WHERE rowid IN (SELECT id FROM search_rows WHERE conversation = $key AND number <= $last)",
                "DELETE FROM search_rows WHERE conversation = $key AND number <= $last",
            }
        )
        {
            session.Command(sql).Bind("$key", key).Bind("$last", last).ExecuteNonQuery();
        }
    }

    private static int IndexSome(SqliteSession session)
    {
        var pending = new List<(long Id, long Key, long Number, string? Text)>();
        using (
            var reader = session
                .Command(
                    """
                    SELECT q.id, q.conversation, q.number, m.text
                    FROM search_pending q
                    LEFT JOIN messages m ON m.conversation = q.conversation AND m.number = q.number AND m.kind IN ($text, $note)
                    ORDER BY q.id LIMIT $limit
                    """
                )
                .Bind("$text", (int)MessageKind.Text)
                .Bind("$note", (int)MessageKind.InvitationNote)
                .Bind("$limit", IndexedInAStep)
                .ExecuteReader()
        )
        {
            while (reader.Read())
            {
                pending.Add(
                    (
                        reader.GetInt64(0),
                        reader.GetInt64(1),
                        reader.GetInt64(2),
                        reader.GetStringOrNull(3)
                    )
                );
            }
        }
        foreach (var (_, key, number, text) in pending)
        {
            Index(session, key, number, text ?? "");
        }
        session
            .Command("DELETE FROM search_pending WHERE id <= $last")
            .Bind("$last", pending is [.., var last] ? last.Id : 0)
            .ExecuteNonQuery();
        return pending.Count;
    }

    private static void Index(SqliteSession session, long key, long number, string text)
    {
        // a message that is changed keeps its place
        var known = TakeFromSearch(session, key, number);
        var words = SearchWords.Distinct(text);
        if (words.Count == 0)
        {
            return;
        }
        object? id = known is { } place
            ? place
            : session
                .Command(
                    "INSERT INTO search_rows (conversation, number) VALUES ($key, $number) RETURNING id"
                )
                .Bind("$key", key)
                .Bind("$number", number)
                .ExecuteScalar();
        session
            .Command("INSERT INTO search_words (rowid, words) VALUES ($id, $words)")
            .Bind("$id", id)
            .Bind("$words", string.Join(' ', words))
            .ExecuteNonQuery();
    }

    /// <summary>Takes the words of a message out.</summary>
    /// <returns>Its place in the index; null if it has none.</returns>
    private static long? TakeFromSearch(SqliteSession session, long key, long number)
    {
        var place = session
            .Command("SELECT id FROM search_rows WHERE conversation = $key AND number = $number")
            .Bind("$key", key)
            .Bind("$number", number)
            .ExecuteScalar();
        if (place is not long id)
        {
            return null;
        }
        session
            .Command("DELETE FROM search_words WHERE rowid = $id")
            .Bind("$id", id)
            .ExecuteNonQuery();
        return id;
    }

    private static SearchPage? Search(
        SqliteSession session,
        SearchQuery query,
        long after,
        bool isComplete
    )
    {
        long? only = null;
        if (query.ConversationId.Length > 0)
        {
            if (
                ConversationRows.FindParticipant(session, query.ConversationId, query.MemberId)
                is not { } participant
            )
            {
                return null;
            }
            only = participant.Key;
        }
        using var reader = session
            .Command(
                $"""
                SELECT {MessageRows.QualifiedColumns}, c.id, r.id
                FROM search_words w
                JOIN search_rows r ON r.id = w.rowid
                JOIN participants p ON p.conversation = r.conversation AND p.member = $member AND p.gone = 0
                JOIN conversations c ON c.key = r.conversation
                JOIN messages m ON m.conversation = r.conversation AND m.number = r.number
                WHERE search_words MATCH $words AND w.rowid < $after
                    AND m.number >= p.first_number AND m.deleted IS NULL
                    AND ($only IS NULL OR r.conversation = $only)
                    AND ($sender = '' OR m.sender = $sender)
                ORDER BY w.rowid DESC LIMIT $limit
                """
            )
            // words hold no quotation marks: letters and digits only
            .Bind("$words", string.Join(" AND ", query.Words.Select(word => $"\"{word}\"")))
            .Bind("$member", query.MemberId)
            .Bind("$after", after)
            .Bind("$only", only)
            .Bind("$sender", query.SenderId)
            .Bind("$limit", query.Limit + 1)
            .ExecuteReader();
        var found = new List<StoredMessage>();
        var last = 0L;
        while (reader.Read())
        {
            if (found.Count == query.Limit)
            {
                return new SearchPage(
                    found,
                    last.ToString(CultureInfo.InvariantCulture),
                    isComplete
                );
            }
            found.Add(MessageRows.ReadMessage(reader, reader.GetString(10)));
            last = reader.GetInt64(11);
        }
        return new SearchPage(found, Next: null, isComplete);
    }

    private static long ParseSearchPosition(string position) =>
        long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            ? row
            : throw new FormatException("Not a position of this search.");
}
