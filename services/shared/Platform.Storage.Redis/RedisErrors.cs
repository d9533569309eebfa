using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using StackExchange.Redis;

namespace Platform.Storage.Redis;

/// <summary>Turns what Redis and its driver say into the platform's reasons; their text stays in the log.</summary>
public static class RedisErrors
{
    // Replies that pass by themselves: loading after a restart, a slot without a master, a replica that was promoted or demoted, a
    // disk without room; and a transaction that was given up because its commands were refused so.
    private static readonly string[] PassingReplies =
    [
        "LOADING",
        "CLUSTERDOWN",
        "MASTERDOWN",
        "READONLY",
        "TRYAGAIN",
        "NOREPLICAS",
        "MISCONF",
        "BUSY",
        "EXECABORT",
    ];

    // what the driver puts before some replies: those to commands from which it expected something else
    private const string KindOfReply = "SimpleError: ";

    /// <summary>The refusal that stands for an exception of Redis; null if it is a fault of this service.</summary>
    public static DomainException? Translate(Exception exception) =>
        exception switch
        {
            RedisServerException full
                when full.Message.Contains("OOM ", StringComparison.Ordinal) => new DomainException(
                ErrorReason.StoreFull,
                "The store is full; nothing was written.",
                full
            ),
            RedisConnectionException or RedisTimeoutException => Unavailable(exception),
            RedisServerException passing
                when PassingReplies.Any(reply =>
                    Said(passing).StartsWith(reply, StringComparison.Ordinal)
                ) => Unavailable(passing),
            // A Cluster names the endpoint that does not serve the slot.
            RedisCommandException command
                when command.Message.StartsWith("Endpoint ", StringComparison.Ordinal)
                    || command.InnerException is RedisConnectionException => Unavailable(command),
            _ => null,
        };

    private static ReadOnlySpan<char> Said(RedisServerException exception)
    {
        var text = exception.Message.AsSpan();
        return text.StartsWith(KindOfReply, StringComparison.Ordinal)
            ? text[KindOfReply.Length..]
            : text;
    }

    private static DomainException Unavailable(Exception exception) =>
        new(ErrorReason.StoreUnavailable, "The store did not answer.", exception);
}
