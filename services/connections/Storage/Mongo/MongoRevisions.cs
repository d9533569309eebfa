using MongoDB.Bson;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// Revisions without a counter: the time of the database server in milliseconds, and below it 20 bits that keep changes of
/// one millisecond apart. A change never gets a smaller one than this process has seen, nor than its pair had, whatever
/// clocks do. docs/adr/0008 says what else was thought of.
/// </summary>
internal sealed class MongoRevisions
{
    // clocks of servers kept by NTP differ by far less
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(3);

    private const int TieBits = 20;

    private readonly long _window;
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _greatest;

    // the most by which a revision was ahead of how long this process runs: where the server's clock is now, or has been since
    private long _ahead;

    /// <param name="maxWriteTime">After this the server gives a write up.</param>
    /// <param name="time">The clock of this process; only readers of changes look at it.</param>
    public MongoRevisions(TimeSpan maxWriteTime, TimeProvider time)
    {
        _window = OfTime((long)(maxWriteTime + ClockTolerance).TotalMilliseconds);
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>
    /// The expression, of an update pipeline, that gives the revision of a change to a document of revision
    /// <paramref name="before"/>. One expression is for one change.
    /// </summary>
    public BsonDocument Next(long before)
    {
        var time = new BsonDocument(
            "$multiply",
            new BsonArray { new BsonDocument("$toLong", "$$NOW"), 1L << TieBits }
        );
        var tie = Random.Shared.NextInt64(1L << TieBits);
        return new BsonDocument(
            "$max",
            new BsonArray { new BsonDocument("$add", new BsonArray { time, tie }), Reserve(before) }
        );
    }

    /// <summary>Notes a revision that a read or a write of this process met.</summary>
    public void Saw(long revision)
    {
        Raise(ref _greatest, revision);
        Raise(ref _ahead, revision - Elapsed);
    }

    /// <summary>
    /// The revision up to which everything is visible, once <paramref name="revision"/> is: a change is visible within the
    /// time that the server may work on it, and clocks differ by no more than is tolerated. Never later than now, by two clocks. A
    /// server whose clock was far ahead must not carry readers past what the others write: that is what the clock of this process
    /// says. Nor must this process when its own is ahead: the greatest revision seen and the time since then say where the server's is.
    /// </summary>
    public long Settled(long revision)
    {
        var now = Math.Min(
            OfTime(_time.GetUtcNow().ToUnixTimeMilliseconds()),
            Interlocked.Read(ref _ahead) + Elapsed
        );
        return Math.Max(0, Math.Min(revision, now) - _window);
    }

    /// <summary>For how long this process runs, by a clock that nobody sets.</summary>
    private long Elapsed => OfTime((long)_time.GetElapsedTime(_start).TotalMilliseconds);

    private static long OfTime(long milliseconds) => milliseconds << TieBits;

    private static void Raise(ref long most, long value)
    {
        var known = Interlocked.Read(ref most);
        while (value > known)
        {
            var found = Interlocked.CompareExchange(ref most, value, known);
            if (found == known)
            {
                return;
            }
            known = found;
        }
    }

    private long Reserve(long before)
    {
        Raise(ref _greatest, before);
        return Interlocked.Increment(ref _greatest);
    }
}
