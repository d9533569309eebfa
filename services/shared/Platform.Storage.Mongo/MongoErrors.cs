using MongoDB.Driver;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Storage.Mongo;

/// <summary>Turns what MongoDB and its driver say into the platform's reasons; their text stays in the log.</summary>
public static class MongoErrors
{
    private const int DuplicateKeyCode = 11000;
    private const int OutOfDiskSpaceCode = 14031;

    // https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml: what passes by itself
    private static readonly HashSet<int> PassingCodes =
    [
        6, // HostUnreachable
        7, // HostNotFound
        24, // LockTimeout
        50, // MaxTimeMSExpired
        63, // StaleShardVersion
        64, // WriteConcernTimeout
        70, // ShardNotFound
        89, // NetworkTimeout
        91, // ShutdownInProgress
        100, // UnsatisfiableWriteConcern
        112, // WriteConflict
        133, // FailedToSatisfyReadPreference
        134, // ReadConcernMajorityNotAvailableYet
        150, // StaleEpoch
        189, // PrimarySteppedDown
        202, // NetworkInterfaceExceededTimeLimit
        262, // ExceededTimeLimit
        317, // ConnectionPoolExpired
        9001, // SocketException
        10107, // NotWritablePrimary
        11600, // InterruptedAtShutdown
        11602, // InterruptedDueToReplStateChange
        13388, // StaleConfig
        13435, // NotPrimaryNoSecondaryOk
        13436, // NotPrimaryOrSecondary
    ];

    private static readonly string[] PassingLabels =
    [
        "RetryableWriteError",
        "TransientTransactionError",
        "RetryableError",
        "SystemOverloadedError",
    ];

    /// <summary>Whether a write met a document with the same key: somebody else was faster. Never reported to callers.</summary>
    public static bool IsDuplicateKey(Exception exception) =>
        exception switch
        {
            MongoWriteException write => write.WriteError?.Code == DuplicateKeyCode,
            MongoBulkWriteException bulk => bulk.WriteErrors.Any(error =>
                error.Code == DuplicateKeyCode
            ),
            MongoCommandException command => command.Code == DuplicateKeyCode,
            _ => false,
        };

    /// <summary>The refusal that stands for an exception of MongoDB; null if it is a fault of this service.</summary>
    public static DomainException? Translate(Exception exception) =>
        CodesOf(exception).Contains(OutOfDiskSpaceCode)
            ? new DomainException(
                ErrorReason.StoreFull,
                "The store is full; nothing was written.",
                exception
            )
        : IsPassing(exception)
            ? new DomainException(
                ErrorReason.StoreUnavailable,
                "The store did not answer.",
                exception
            )
        : null;

    private static bool IsPassing(Exception exception) =>
        exception switch
        {
            TimeoutException
            or MongoConnectionException
            or MongoConnectionPoolPausedException
            or MongoWaitQueueFullException
            or MongoNotPrimaryException
            or MongoNodeIsRecoveringException
            or MongoExecutionTimeoutException
            // stored, but not known to be so by a majority
            or MongoWriteConcernException
            // the server was restarted, or moved the data, between two pages
            or MongoCursorNotFoundException => true,
            MongoWriteException { WriteConcernError: not null, WriteError: null } => true,
            MongoBulkWriteException { WriteConcernError: not null, WriteErrors.Count: 0 } => true,
            MongoException mongo => PassingLabels.Any(mongo.HasErrorLabel)
                || CodesOf(mongo).Any(PassingCodes.Contains),
            _ => false,
        };

    private static IEnumerable<int> CodesOf(Exception exception) =>
        exception switch
        {
            MongoCommandException command => [command.Code],
            MongoWriteException write =>
            [
                .. write.WriteError is { } error ? [error.Code] : Array.Empty<int>(),
                .. write.WriteConcernError is { } concern ? [concern.Code] : Array.Empty<int>(),
            ],
            MongoBulkWriteException bulk => bulk.WriteErrors.Select(error => error.Code),
            _ => [],
        };
}
