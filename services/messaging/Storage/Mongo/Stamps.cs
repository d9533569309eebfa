using MongoDB.Bson;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// The order of changes without a counter: the time of the database server in milliseconds, and below it 20 bits that keep the changes of
/// one millisecond apart; always greater than what the conversation had. The server gives a stamp in the same step that stores the
/// change, so a change is visible within the time that a write may take, give or take what clocks differ by (docs/adr/0008, 0016).
/// <para>
/// Until it is given, a stamp is negative: -1 for that of the whole write, -2 for the one before it, and so on.
/// </para>
/// </summary>
internal sealed class Stamps(TimeSpan maxWriteTime, TimeProvider time)
{
    /// <summary>The stamp of the write, yet to be given.</summary>
    public const long Pending = -1;

    private const int TieBits = 20;

    // clocks of servers kept by NTP differ by far less
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(3);

    /// <summary>Everything up to it is visible by now.</summary>
    public long Settled => Of(time.GetUtcNow() - maxWriteTime - ClockTolerance);

    /// <summary>No server has given a greater one, unless its clock is far ahead.</summary>
    public long Greatest => Of(time.GetUtcNow() + ClockTolerance);

    public static bool IsPending(long stamp) => stamp < 0;

    /// <summary>The expression that gives the stamp of a write.</summary>
    /// <param name="before">The stamp of the conversation as it was read.</param>
    /// <param name="count">How many stamps the write gives; the others are just below.</param>
    public static BsonDocument Give(long before, int count) =>
        new(
            "$max",
            new BsonArray
            {
                new BsonDocument(
                    "$add",
                    new BsonArray
                    {
                        new BsonDocument(
                            "$multiply",
                            new BsonArray { new BsonDocument("$toLong", "$$NOW"), 1L << TieBits }
                        ),
                        Random.Shared.NextInt64(1L << TieBits),
                    }
                ),
                before + count,
            }
        );

    /// <summary>A stamp in the stage of an update after the one that gave that of the write.</summary>
    public static BsonValue Express(long stamp) =>
        stamp >= 0 ? stamp
        : stamp == Pending ? $"${Schema.Stamp}"
        : new BsonDocument("$subtract", new BsonArray { $"${Schema.Stamp}", Pending - stamp });

    /// <summary>A value as it is: what members wrote is no expression, whatever it begins with.</summary>
    public static BsonDocument Literal(BsonValue value) => new("$literal", value);

    private static long Of(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds() << TieBits;
}
