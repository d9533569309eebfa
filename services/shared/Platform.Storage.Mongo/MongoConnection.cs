using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Storage;

namespace Platform.Storage.Mongo;

/// <summary>
/// The one client of a host and its database. Writes are acknowledged by a majority, reads come from the primary, and what is
/// lost on the way is retried once by the driver, under a number by which the server knows it again.
/// </summary>
public sealed class MongoConnection : IDisposable
{
    // building an index on a collection that grew without it takes as long as it takes
    private static readonly TimeSpan IndexTimeout = TimeSpan.FromHours(1);

    private readonly MongoClient _client;

    /// <summary>Makes the client; it connects at first use, and again by itself.</summary>
    /// <exception cref="MongoConfigurationException">The connection string cannot be read.</exception>
    public MongoConnection(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CommandTimeout = options.CommandTimeout;
        var settings = MongoClientSettings.FromConnectionString(options.ConnectionString);
        // what is acknowledged survives the loss of any one server
        settings.WriteConcern = WriteConcern.WMajority;
        // what the primary holds now; docs/adr/0008 says why not what a majority holds
        settings.ReadConcern = ReadConcern.Local;
        settings.ReadPreference = ReadPreference.Primary;
        settings.RetryWrites = true;
        settings.RetryReads = true;
        settings.ConnectTimeout = CommandTimeout;
        settings.ServerSelectionTimeout = CommandTimeout;
        settings.WaitQueueTimeout = CommandTimeout;
        // a server that fell silent is noticed soon, and found again soon
        settings.HeartbeatInterval = TimeSpan.FromSeconds(5);
        settings.HeartbeatTimeout = TimeSpan.FromSeconds(5);
        settings.ApplicationName ??= "platform";
        _client = new MongoClient(settings);
        Database = _client.GetDatabase(options.Database);
    }

    /// <summary>The database; its operations throw the driver's exceptions. Calls go through <see cref="RunAsync{T}"/>.</summary>
    public IMongoDatabase Database { get; }

    /// <summary>
    /// <see cref="StorageOptions.CommandTimeout"/>: the limit of <see cref="RunAsync{T}"/>, and what an operation names as its
    /// <c>MaxTime</c> if the server must not go on with it for longer.
    /// </summary>
    public TimeSpan CommandTimeout { get; }

    /// <summary>A collection of plain documents; a store's mapping file says what is in them.</summary>
    public IMongoCollection<BsonDocument> Collection(string name) =>
        Database.GetCollection<BsonDocument>(name);

    /// <summary>
    /// Runs operations within <see cref="CommandTimeout"/>, whatever they wait for, and translates their errors. Operations
    /// pass the token on that they are given.
    /// </summary>
    /// <exception cref="DomainException">STORE_UNAVAILABLE or STORE_FULL, see <see cref="MongoErrors"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; what it sent may have been done.</exception>
    public Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> operations,
        CancellationToken cancellationToken
    ) => RunWithinAsync(CommandTimeout, operations, cancellationToken);

    /// <summary>Passes when the primary answers.</summary>
    /// <exception cref="DomainException">STORE_UNAVAILABLE.</exception>
    public Task PingAsync(CancellationToken cancellationToken) =>
        RunAsync(
            cancel =>
                Database.RunCommandAsync<BsonDocument>(
                    new BsonDocument("ping", 1),
                    ReadPreference.Primary,
                    cancel
                ),
            cancellationToken
        );

    /// <summary>Makes the indexes that are missing, and waits for them; those that are there stay as they are.</summary>
    /// <exception cref="DomainException">STORE_UNAVAILABLE or STORE_FULL.</exception>
    public Task EnsureIndexesAsync(MongoIndexes indexes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(indexes);
        return RunWithinAsync(
            IndexTimeout,
            cancel =>
                Collection(indexes.Collection).Indexes.CreateManyAsync(indexes.Indexes, cancel),
            cancellationToken
        );
    }

    public void Dispose() => _client.Dispose();

    private static async Task<T> RunWithinAsync<T>(
        TimeSpan timeout,
        Func<CancellationToken, Task<T>> operations,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(operations);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await operations(limit.Token).ConfigureAwait(false);
        }
        // the driver may wrap a cancellation in an exception of the connection that it closed for it
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            throw exception as OperationCanceledException
                ?? new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            throw new DomainException(
                ErrorReason.StoreUnavailable,
                "The store did not answer in time.",
                exception
            );
        }
        catch (Exception exception) when (MongoErrors.Translate(exception) is { } refusal)
        {
            throw refusal;
        }
    }
}
