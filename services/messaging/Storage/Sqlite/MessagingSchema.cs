namespace Platform.Messaging.Storage.Sqlite;

/// <summary>The schema of the messaging database and its history. Times are Unix milliseconds.</summary>
internal static class MessagingSchema
{
    /// <summary>Each entry runs once, in order, and is never changed once released.</summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        """
            CREATE TABLE conversations (
                key             INTEGER PRIMARY KEY,
                id              TEXT    NOT NULL UNIQUE,
                kind            INTEGER NOT NULL,
                name            TEXT    NOT NULL,
                creator         TEXT    NOT NULL,
                created         INTEGER NOT NULL,
                last_number     INTEGER NOT NULL DEFAULT 0,
                last_activity   INTEGER NOT NULL,
                members_version INTEGER NOT NULL DEFAULT 0
            );

            -- A row a member and conversation, clustered by conversation: a send touches neighbours.
            -- first_number: the first that the member may read; activity repeats conversations.last_activity for the index.
            CREATE TABLE participants (
                conversation INTEGER NOT NULL,
                member       TEXT    NOT NULL,
                joined       INTEGER NOT NULL,
                added_by     TEXT    NOT NULL,
                first_number INTEGER NOT NULL,
                read_number  INTEGER NOT NULL,
                read_time    INTEGER,
                unread       INTEGER NOT NULL,
                activity     INTEGER NOT NULL,
                PRIMARY KEY (conversation, member)
            ) WITHOUT ROWID;

            CREATE INDEX participants_by_activity ON participants (member, activity DESC, conversation DESC);

            -- Clustered by number: a page is one range, wherever it begins.
            CREATE TABLE messages (
                conversation INTEGER NOT NULL,
                number       INTEGER NOT NULL,
                kind         INTEGER NOT NULL,
                sender       TEXT    NOT NULL,
                text         TEXT    NOT NULL,
                links        TEXT,
                affected     TEXT,
                created      INTEGER NOT NULL,
                edited       INTEGER,
                deleted      INTEGER,
                request_id   TEXT,
                fingerprint  TEXT,
                PRIMARY KEY (conversation, number)
            ) WITHOUT ROWID;

            CREATE UNIQUE INDEX messages_once ON messages (conversation, sender, request_id) WHERE request_id IS NOT NULL;

            CREATE TABLE start_requests (
                member       TEXT    NOT NULL,
                request_id   TEXT    NOT NULL,
                fingerprint  TEXT    NOT NULL,
                conversation INTEGER NOT NULL,
                created      INTEGER NOT NULL,
                time         INTEGER NOT NULL,
                PRIMARY KEY (member, request_id)
            ) WITHOUT ROWID;

            CREATE INDEX start_requests_by_time ON start_requests (time);
            """,
    ];
}
