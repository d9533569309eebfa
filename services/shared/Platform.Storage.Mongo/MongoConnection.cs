using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Storage;

namespace Platform.Storage.Mongo;

/// <summary>
/// The one client of a host and its database. Writes are acknowledged by a majority, reads come from the primary, and what is
/// lost on the way is retried once by the driver, under a number by which the server knows it again.
/// <para>
/// A client that looks for its servers no more, as the driver's does when the wall clock steps back at the wrong moment
/// (<see cref="MongoHeartbeats"/>), gives way to a new one as soon as an operation fails. So whoever uses the database or a collection
/// asks for it each time, and keeps none.
/// </para>
/// </summary>
public sealed partial class MongoConnection : IDisposable
{
    // building an index on a collection that grew without it takes as long as it takes
    private static readonly TimeSpan IndexTimeout = TimeSpan.FromHours(1);

    private readonly MongoClientSettings _settings;
    private readonly string _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _renewing = new();
    private volatile LiveClient _live;

    /// <summary>Makes the client; it connects at first use, and again by itself.</summary>
    /// <param name="options">Where the database is.</param>
    /// <param name="time">By whose timestamps the driver is watched; by default the system's.</param>
    /// <param name="logger">Is told when the client was renewed.</param>
    /// <exception cref="MongoConfigurationException">The connection string cannot be read.</exception>
    public MongoConnection(
        StorageOptions options,
        TimeProvider? time = null,
        ILogger<MongoConnection>? logger = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        CommandTimeout = options.CommandTimeout;
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<MongoConnection>.Instance;
        _database = options.Database;
        _settings = MongoClientSettings.FromConnectionString(options.ConnectionString);
        // what is acknowledged survives the loss of any one server
        _settings.WriteConcern = WriteConcern.WMajority;
        // what the primary holds now; docs/adr/0008 says why not what a majority holds
        _settings.ReadConcern = ReadConcern.Local;
        _settings.ReadPreference = ReadPreference.Primary;
        _settings.RetryWrites = true;
        _settings.RetryReads = true;
        _settings.ConnectTimeout = CommandTimeout;
        _settings.ServerSelectionTimeout = CommandTimeout;
        _settings.WaitQueueTimeout = CommandTimeout;
        // a server that fell silent is noticed soon, and found again soon
        _settings.HeartbeatInterval = TimeSpan.FromSeconds(5);
        _settings.HeartbeatTimeout = TimeSpan.FromSeconds(5);
        _settings.ApplicationName ??= "platform";
        _live = new LiveClient(_settings, _database, _time);
    }

    /// <summary>The database; its operations throw the driver's exceptions. Calls go through <see cref="RunAsync{T}"/>.</summary>
    public IMongoDatabase Database => _live.Database;

    /// <summary>
    /// <see cref="StorageOptions.CommandTimeout"/>: the limit of <see cref="RunAsync{T}"/>, and what an operation names as its
    /// <c>MaxTime</c> if the server must not go on with it for longer.
    /// </summary>
    public TimeSpan CommandTimeout { get; }

    /// <summary>A collection of plain documents, to be asked for at each use; a store's mapping file says what is in them.</summary>
    public IMongoCollection<BsonDocument> Collection(string name) =>
        _live.Collection(name, _settings.ReadConcern);

    /// <summary>The same collection, of which only what a majority holds is read.</summary>
    public IMongoCollection<BsonDocument> DurableCollection(string name) =>
        _live.Collection(name, ReadConcern.Majority);

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

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_renewing)
        {
            if (_ending.IsCancellationRequested)
            {
                return;
            }
            _ending.Cancel();
        }
        _live.Dispose();
        _ending.Dispose();
    }

    private async Task<T> RunWithinAsync<T>(
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
            // callers may all have less patience than the store is given
            RenewIfSilent();
            throw exception as OperationCanceledException
                ?? new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            RenewIfSilent();
            throw new DomainException(
                ErrorReason.StoreUnavailable,
                "The store did not answer in time.",
                exception
            );
        }
        catch (Exception exception) when (MongoErrors.Translate(exception) is { } refusal)
        {
            if (refusal.Reason == ErrorReason.StoreUnavailable)
            {
                RenewIfSilent();
            }
            throw refusal;
        }
    }

    // However many fail at once, the first renews: the monitors of the new client are heard from its first moment.
    private void RenewIfSilent()
    {
        if (_live.Heartbeats.FindSilent() is null)
        {
            return;
        }
        lock (_renewing)
        {
            if (_ending.IsCancellationRequested || _live.Heartbeats.FindSilent() is not { } silent)
            {
                return;
            }
            var old = _live;
            _live = new LiveClient(_settings, _database, _time);
            _ = CloseLaterAsync(old, _ending.Token);
            LogRenewed(silent.Server, (long)silent.Silence.TotalSeconds);
        }
    }

    // What is under way ends within CommandTimeout; as long again, for whoever took a collection and has not begun yet.
    private async Task CloseLaterAsync(LiveClient old, CancellationToken ending)
    {
        await Task.Delay(2 * CommandTimeout, _time, ending)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        old.Dispose();
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "MongoDB is unavailable, and the driver has not looked at {Server} for {Seconds} s, as happens when the wall clock steps back: the client is renewed"
    )]
    private partial void LogRenewed(EndPoint server, long seconds);
}
