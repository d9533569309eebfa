using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Errors;
using StackExchange.Redis;

namespace Platform.Storage.Redis;

/// <summary>
/// The one multiplexer of a host, made at first use. It connects again by itself; while there is no connection, commands
/// fail at once instead of waiting in a queue for one.
/// </summary>
public sealed partial class RedisConnection : IAsyncDisposable
{
    private readonly ConfigurationOptions _configuration;
    private readonly ILogger<RedisConnection> _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile ConnectionMultiplexer? _multiplexer;
    private bool _disposed;

    public RedisConnection(IOptions<RedisOptions> options, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(options);
        var value = options.Value;
        KeyPrefix = value.KeyPrefix;
        _logger = loggerFactory.CreateLogger<RedisConnection>();
        _configuration = ConfigurationOptions.Parse(value.ConnectionString);
        // The host starts, and reports itself as not ready, while Redis is away.
        _configuration.AbortOnConnectFail = false;
        _configuration.BacklogPolicy = BacklogPolicy.FailFast;
        _configuration.ConnectTimeout = (int)value.ConnectTimeout.TotalMilliseconds;
        _configuration.AsyncTimeout = (int)value.CommandTimeout.TotalMilliseconds;
        _configuration.SyncTimeout = (int)value.CommandTimeout.TotalMilliseconds;
        // Its own log writes some forty lines for every try; what matters is said below.
        _configuration.LoggerFactory = NullLoggerFactory.Instance;
    }

    /// <summary><see cref="RedisOptions.KeyPrefix"/>: key schemas begin their keys with it.</summary>
    public string KeyPrefix { get; }

    /// <summary>The database; it throws the exceptions of StackExchange.Redis.</summary>
    public async ValueTask<IDatabase> GetDatabaseAsync(
        CancellationToken cancellationToken = default
    ) => (await GetMultiplexerAsync(cancellationToken).ConfigureAwait(false)).GetDatabase();

    /// <summary>
    /// Runs commands, translates their errors, and stops waiting when the caller does. What was sent then goes on:
    /// Redis knows no cancellation.
    /// </summary>
    /// <exception cref="DomainException">STORE_UNAVAILABLE or STORE_FULL, see <see cref="RedisErrors"/>.</exception>
    public async Task<T> RunAsync<T>(
        Func<IDatabase, Task<T>> commands,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(commands);
        cancellationToken.ThrowIfCancellationRequested();
        using var span = RedisSpan.Start();
        try
        {
            var database = await GetDatabaseAsync(cancellationToken).ConfigureAwait(false);
            return await commands(database).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisErrors.Translate(exception) is { } refusal)
        {
            span?.Fail(refusal.Reason);
            throw refusal;
        }
    }

    /// <summary>Runs a script, as <see cref="RunAsync"/> runs commands.</summary>
    /// <exception cref="DomainException">STORE_UNAVAILABLE or STORE_FULL, see <see cref="RedisErrors"/>.</exception>
    public Task<RedisResult> EvaluateAsync(
        string script,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            database => database.ScriptEvaluateAsync(script, keys, arguments),
            cancellationToken
        );

    /// <summary>Whether the keys of one command must share a slot.</summary>
    public static bool IsCluster(IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        foreach (var server in database.Multiplexer.GetServers())
        {
            if (server.ServerType == ServerType.Cluster)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>For pub/sub.</summary>
    public async ValueTask<ISubscriber> GetSubscriberAsync(
        CancellationToken cancellationToken = default
    ) => (await GetMultiplexerAsync(cancellationToken).ConfigureAwait(false)).GetSubscriber();

    public ValueTask<IConnectionMultiplexer> GetMultiplexerAsync(
        CancellationToken cancellationToken = default
    ) =>
        _multiplexer is { } made
            ? ValueTask.FromResult<IConnectionMultiplexer>(made)
            : new ValueTask<IConnectionMultiplexer>(MakeAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_multiplexer is { } made)
        {
            await made.DisposeAsync().ConfigureAwait(false);
        }

        _gate.Dispose();
    }

    private async Task<IConnectionMultiplexer> MakeAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // With AbortOnConnectFail off this answers also when no server does.
            if (_multiplexer is null)
            {
                var made = await ConnectionMultiplexer
                    .ConnectAsync(_configuration)
                    .ConfigureAwait(false);
                made.ConnectionFailed += (_, failure) =>
                    LogFailed(
                        failure.EndPoint?.ToString(),
                        failure.ConnectionType,
                        failure.FailureType
                    );
                made.ConnectionRestored += (_, restored) =>
                    LogRestored(restored.EndPoint?.ToString(), restored.ConnectionType);
                if (RedisSpan.AreWanted)
                {
                    made.RegisterProfiler(static () => RedisSpan.CurrentSession);
                }
                _multiplexer = made;
            }
            return _multiplexer;
        }
        finally
        {
            _gate.Release();
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Redis {Endpoint} is lost ({Connection}): {Failure}"
    )]
    private partial void LogFailed(
        string? endpoint,
        ConnectionType connection,
        ConnectionFailureType failure
    );

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Redis {Endpoint} is back ({Connection})"
    )]
    private partial void LogRestored(string? endpoint, ConnectionType connection);
}
