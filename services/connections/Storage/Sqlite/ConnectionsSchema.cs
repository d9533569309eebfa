using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>The history of the schema.</summary>
public static class ConnectionsSchema
{
    /// <summary>
    /// One row a pair. <c>state</c>, <c>inviter</c>, <c>invitation_number</c>, <c>blocked_by</c> and <c>blocked_through</c> answer a check; they
    /// stand in the index of pairs, so that it reads no row. SQLite cannot hold such an index to one entry a pair: an insert looks first,
    /// in the transaction of the one writer. <c>low_list</c> and <c>high_list</c> say in which list of the low and of the high member the row stands
    /// (RelationshipList; NULL: in none), <c>low_list_time</c> and <c>high_list_time</c> since when, so that lists and counts of
    /// a member are ranges of two indexes and cannot drift from the rows. <c>inviter</c> stands in those indexes to tell accepted
    /// invitations sent from received ones. Times, <c>expire_time</c> of pending invitations only, are in milliseconds since
    /// 1970. The greatest <c>revision</c> is the clock of changes: rows are never deleted, an erased pair keeps an empty one.
    /// <para>
    /// What stands in no list and is not erased (<c>state</c> 7) has two small indexes of its own, by which an erasure finds it.
    /// </para>
    /// <para>
    /// One row a member in <c>members</c>; <c>erasing_due</c>, in milliseconds since 1970, only while an erasure has work left.
    /// <c>slots</c> are kept apart from the document, packed (SlotBytes): they change with every invitation, the document hardly ever.
    /// Those that a build before kept in documents are not taken over: what such a member sent within the week does not count.
    /// One row for each who recommends another, under <c>thread</c>, which is <c>author|recipient</c>. <c>state</c>, <c>is_public</c>
    /// and <c>create_time</c> are those of its latest recommendation, for lists; <c>revision</c> counts how often the row was stored.
    /// </para>
    /// <para>One row in <c>dismissals</c> for each whom a member does not want to be suggested.</para>
    /// <para>The one row of <c>store</c> tells this file from any other.</para>
    /// </summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        """
                CREATE TABLE relationships (
                    id INTEGER PRIMARY KEY,
                    low TEXT NOT NULL,
                    high TEXT NOT NULL,
                    state INTEGER NOT NULL,
                    inviter INTEGER NOT NULL,
                    invitation_number INTEGER NOT NULL,
                    blocked_by INTEGER NOT NULL,
                    blocked_through INTEGER NOT NULL,
                    state_time INTEGER NOT NULL,
                    revision INTEGER NOT NULL,
                    expire_time INTEGER,
                    low_list INTEGER,
                    high_list INTEGER,
                    low_list_time INTEGER NOT NULL,
                    high_list_time INTEGER NOT NULL,
                    document BLOB NOT NULL,
                    CHECK (low < high)
                ) STRICT;
                CREATE UNIQUE INDEX relationships_pair ON relationships (low, high);
                CREATE UNIQUE INDEX relationships_revision ON relationships (revision);
                CREATE INDEX relationships_low_list ON relationships (low, low_list, low_list_time DESC, high, inviter)
                    WHERE low_list IS NOT NULL;
                CREATE INDEX relationships_high_list ON relationships (high, high_list, high_list_time DESC, low, inviter)
                    WHERE high_list IS NOT NULL;
                CREATE INDEX relationships_low_unlisted ON relationships (low) WHERE low_list IS NULL AND state <> 7;
                CREATE INDEX relationships_high_unlisted ON relationships (high) WHERE high_list IS NULL AND state <> 7;
                CREATE INDEX relationships_expire_time ON relationships (expire_time) WHERE expire_time IS NOT NULL;

                CREATE TABLE members (
                    id TEXT NOT NULL UNIQUE,
                    revision INTEGER NOT NULL,
                    erasing_due INTEGER,
                    document BLOB NOT NULL
                ) STRICT;
                CREATE INDEX members_erasing ON members (erasing_due, id) WHERE erasing_due IS NOT NULL;
                CREATE TABLE recommendations (
                    id INTEGER PRIMARY KEY,
                    thread TEXT NOT NULL,
                    author TEXT NOT NULL,
                    recipient TEXT NOT NULL,
                    state INTEGER NOT NULL,
                    is_public INTEGER NOT NULL,
                    create_time INTEGER NOT NULL,
                    revision INTEGER NOT NULL,
                    document BLOB NOT NULL,
                    CHECK (author <> recipient)
                ) STRICT;
                CREATE UNIQUE INDEX recommendations_thread ON recommendations (thread);
                CREATE INDEX recommendations_received ON recommendations (recipient, create_time DESC, author);
                CREATE INDEX recommendations_written ON recommendations (author, create_time DESC, recipient);
            """,
        """
                CREATE TABLE dismissals (
                    member TEXT NOT NULL,
                    other TEXT NOT NULL,
                    PRIMARY KEY (member, other)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX dismissals_other ON dismissals (other, member);
            """,
        """
                ALTER TABLE members ADD COLUMN slots BLOB NOT NULL DEFAULT x'';
            """,
        """
                CREATE TABLE store (identity TEXT NOT NULL) STRICT;
                INSERT INTO store VALUES (lower(hex(randomblob(16))));
            """,
        """
                DROP INDEX relationships_pair;
                CREATE INDEX relationships_pair
                    ON relationships (low, high, state, inviter, invitation_number, blocked_by, blocked_through);
            """,
    ];

    /// <summary>Opens or makes the one file of the service; its stores share it, as it has one writer.</summary>
    public static SqliteDatabase Open(string path) => new(path, Migrations);
}
