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
        """
            -- The record of changes. Each change takes the next number of this row; the writers of a file take turns, so numbers
            -- become visible in their order.
            CREATE TABLE sequence (value INTEGER NOT NULL);
            INSERT INTO sequence (value) VALUES (0);

            -- stamp: of the latest change; shape: of the latest change of members or name.
            -- first_kept: messages before it were deleted by retention; oldest: when that one was stored, NULL while there is none.
            ALTER TABLE conversations ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE conversations ADD COLUMN shape INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE conversations ADD COLUMN first_kept INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE conversations ADD COLUMN oldest INTEGER;
            UPDATE conversations SET oldest =
                (SELECT created FROM messages m WHERE m.conversation = conversations.key AND m.number = 1);
            CREATE INDEX conversations_by_age ON conversations (oldest) WHERE oldest IS NOT NULL;

            -- gone: an erased member of a pair, who stays named there for the other and is in it no more.
            ALTER TABLE participants ADD COLUMN read_stamp INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE participants ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;

            -- sent rises with number, so it needs no index; changed: of the latest edit or deletion.
            ALTER TABLE messages ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE messages ADD COLUMN changed INTEGER;
            ALTER TABLE messages ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE messages ADD COLUMN edits TEXT;
            CREATE INDEX messages_by_change ON messages (conversation, changed) WHERE changed IS NOT NULL;

            -- Where members were and are no more: what a stream that was away must be told, and where an erasure has to look.
            -- erased: how far an erasure has come.
            CREATE TABLE departures (
                member       TEXT    NOT NULL,
                conversation INTEGER NOT NULL,
                stamp        INTEGER NOT NULL,
                erased       INTEGER NOT NULL DEFAULT 0,
                PRIMARY KEY (member, conversation)
            ) WITHOUT ROWID;

            -- Full-text search over folded words. A send only notes that there is something to index; a search does it first.
            CREATE TABLE search_pending (
                id           INTEGER PRIMARY KEY,
                conversation INTEGER NOT NULL,
                number       INTEGER NOT NULL
            );
            INSERT INTO search_pending (conversation, number)
                SELECT conversation, number FROM messages ORDER BY created;

            CREATE TABLE search_rows (
                id           INTEGER PRIMARY KEY,
                conversation INTEGER NOT NULL,
                number       INTEGER NOT NULL,
                UNIQUE (conversation, number)
            );

            CREATE VIRTUAL TABLE search_words USING fts5 (
                words, content = '', contentless_delete = 1, detail = none,
                tokenize = "unicode61 remove_diacritics 0");

            -- One row: where messaging stands in connections' record of changes, and which replica follows it.
            CREATE TABLE record_position (
                id     INTEGER NOT NULL PRIMARY KEY,
                cursor TEXT    NOT NULL,
                since  INTEGER NOT NULL,
                holder TEXT    NOT NULL,
                until  INTEGER NOT NULL
            );

            CREATE TABLE members (
                id       TEXT    NOT NULL PRIMARY KEY,
                revision INTEGER NOT NULL,
                document BLOB    NOT NULL
            ) WITHOUT ROWID;
            """,
        """
            -- How many have left a conversation.
            CREATE INDEX departures_by_conversation ON departures (conversation);
            """,
    ];
}
