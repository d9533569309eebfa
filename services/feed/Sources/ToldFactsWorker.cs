using Grpc.Core;

namespace Platform.Feed.Sources;

/// <summary>
/// Keeps <see cref="ToldFacts{TFacts}"/> true: watches the changes of another service from now on, in every replica by itself.
/// When the stream breaks off or falls silent, nothing is kept until it is there again; until then readers are answered by
/// that service itself.
/// </summary>
/// <typeparam name="TFacts">What is kept of a viewer.</typeparam>
/// <typeparam name="TEvent">An event of the stream. The first one, be it a heartbeat, says that the stream is in place.</typeparam>
public abstract partial class ToldFactsWorker<TFacts, TEvent>(
    ToldFacts<TFacts> facts,
    TimeProvider time,
    ILogger logger
) : BackgroundService
    where TFacts : class, new()
{
    /// <summary>The shortest that the services allow: it bounds how long a dead stream is trusted.</summary>
    protected static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestSilence = 3 * Heartbeat;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The service's name.</summary>
    protected abstract string Dependency { get; }

    /// <summary>Opens the stream, without a cursor and with a <see cref="Heartbeat"/>.</summary>
    protected abstract AsyncServerStreamingCall<TEvent> Watch(CancellationToken cancellationToken);

    /// <summary>Forgets what an event may have made wrong.</summary>
    protected abstract void Apply(TEvent told, ToldFacts<TFacts> facts);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (Exception exception)
                when (exception is RpcException or OperationCanceledException)
            {
                stoppingToken.ThrowIfCancellationRequested();
                // where all starts together, the other service may take longer than this one waits
                LogBrokeOff(
                    isFirst ? LogLevel.Information : LogLevel.Warning,
                    exception,
                    Dependency
                );
            }
            finally
            {
                facts.End();
            }
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            silence.Token,
            stoppingToken
        );
        using var call = Watch(ending.Token);
        var isTold = false;
        while (await call.ResponseStream.MoveNext(ending.Token))
        {
            silence.CancelAfter(LongestSilence);
            if (!isTold)
            {
                isTold = true;
                facts.Begin();
            }
            Apply(call.ResponseStream.Current, facts);
        }
    }

    [LoggerMessage(
        "Changes of {Dependency} cannot be watched at present; readers are answered by that service itself"
    )]
    private partial void LogBrokeOff(LogLevel level, Exception exception, string dependency);
}
