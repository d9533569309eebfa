namespace Platform.Feed.Storage.Sqlite;

/// <summary>The history of the schema. Entries that were released are never changed.</summary>
internal static class PostSchema
{
    // One row is what would be one document: the post, its job, its request keys. post_tags is an index of it, written
    // in the same transaction. Times are Unix milliseconds; kinds, audiences and states are the numbers of their enums;
    // hashtags stand in one text, separated by blanks, which no tag holds.
    // job_due_ms: an open job may be leased from then on. job_state: 1 open, 2 delivered, 3 cancelled, 4 pulled.
    public static readonly IReadOnlyList<string> Migrations =
    [
        """
            CREATE TABLE posts (
                id INTEGER PRIMARY KEY,
                author_kind INTEGER NOT NULL,
                author_id TEXT NOT NULL,
                kind INTEGER NOT NULL,
                text TEXT NOT NULL,
                hashtags TEXT NOT NULL,
                audience INTEGER NOT NULL,
                profile_change INTEGER,
                create_ms INTEGER NOT NULL,
                update_ms INTEGER,
                delete_ms INTEGER,
                revision INTEGER NOT NULL,
                request_id TEXT,
                request_fingerprint TEXT,
                update_request_id TEXT,
                update_request_fingerprint TEXT,
                job_state INTEGER NOT NULL,
                job_due_ms INTEGER NOT NULL,
                job_lease TEXT,
                job_position TEXT NOT NULL,
                job_processed INTEGER NOT NULL,
                job_reached INTEGER NOT NULL,
                job_retries INTEGER NOT NULL,
                job_failures INTEGER NOT NULL,
                job_reason TEXT,
                job_start_ms INTEGER,
                job_complete_ms INTEGER
            );
            CREATE UNIQUE INDEX posts_by_request ON posts (author_kind, author_id, request_id) WHERE request_id IS NOT NULL;
            CREATE INDEX posts_by_author ON posts (author_kind, author_id, id, audience) WHERE delete_ms IS NULL;
            CREATE INDEX posts_due ON posts (job_due_ms, id) WHERE job_state = 1;
            CREATE INDEX posts_open ON posts (id) WHERE job_state = 1;
            CREATE TABLE post_tags (
                tag TEXT NOT NULL,
                id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
                PRIMARY KEY (tag, id)
            ) WITHOUT ROWID;
            CREATE INDEX post_tags_by_post ON post_tags (id);
            """,
        "CREATE INDEX posts_pulled ON posts (job_complete_ms) WHERE job_state = 4;",
        // who holds the numbers of replicas in post ids, and until when
        "CREATE TABLE post_nodes (node INTEGER PRIMARY KEY, owner TEXT NOT NULL, end_ms INTEGER NOT NULL);",
        // a W3C traceparent; null for posts from before, and without telemetry
        "ALTER TABLE posts ADD COLUMN job_trace TEXT;",
    ];
}
