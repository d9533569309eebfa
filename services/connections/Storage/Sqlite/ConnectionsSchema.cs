using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>The history of the schema.</summary>
public static class ConnectionsSchema
{
    /// <summary>
    /// One row a pair. <c>state</c>, <c>inviter</c>, <c>invitation_number</c> and <c>blocked_by</c> answer a check without
    /// touching the document. <c>low_list</c> and <c>high_list</c> say in which list of the low and of the high member the row stands
    /// (RelationshipList; NULL: in none), so that lists and counts of a member are ranges of two indexes and cannot drift from the
    /// rows. <c>inviter</c> stands in those indexes to tell accepted invitations sent from received ones. <c>state_time</c> and
    /// <c>expire_time</c> (of pending invitations only) are in milliseconds since 1970. The greatest <c>revision</c> is the clock of changes: rows are never deleted, an erased pair keeps an empty one.
    /// <para>
    /// What stands in no list and is not erased (<c>state</c> 7) has two small indexes of its own, by which an erasure finds it.
    /// </para>
    /// <para>
    /// One row a member in <c>members</c>; <c>erasing_due</c>, in milliseconds since 1970, only while an erasure has work left.
    /// </para>
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
                    state_time INTEGER NOT NULL,
                    revision INTEGER NOT NULL,
                    expire_time INTEGER,
                    low_list INTEGER,
                    high_list INTEGER,
                    document BLOB NOT NULL,
                    CHECK (low < high)
                ) STRICT;
                CREATE UNIQUE INDEX relationships_pair ON relationships (low, high);
                CREATE UNIQUE INDEX relationships_revision ON relationships (revision);
                CREATE INDEX relationships_low_list ON relationships (low, low_list, state_time DESC, high, inviter)
                    WHERE low_list IS NOT NULL;
                CREATE INDEX relationships_high_list ON relationships (high, high_list, state_time DESC, low, inviter)
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
            """,
    ];

    /// <summary>Opens or makes the one file of the service; its stores share it, as it has one writer.</summary>
    public static SqliteDatabase Open(string path) => new(path, Migrations);
}
