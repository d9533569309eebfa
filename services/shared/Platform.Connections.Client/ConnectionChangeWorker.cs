using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Client;

/// <summary>
/// Brings connections' changes to a consumer, from where it stands: reconnects with growing pauses, and begins anew where the
/// record can no longer be followed. Of several replicas one follows at a time.
/// </summary>
public sealed partial class ConnectionChangeWorker(
    IConnectionRecord record,
    IConnectionChangeConsumer consumer,
    ConnectionChangesStatus status,
    IOptions<ConnectionChangesOptions> options,
    TimeProvider time,
    ILogger<ConnectionChangeWorker> logger
) : BackgroundService
{
    // Before the cursor of a consumer that is being told everything from the beginning, of all kinds, until the past is told: also
    // when it breaks off half-way.
    private const string AllKinds = "all:";
    private const int FirstBackoff = 50;

    private readonly string _holder = Guid.NewGuid().ToString("N");
    private TimeSpan _backoff;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _backoff = options.Value.MaxBackoff / FirstBackoff;
        while (true)
        {
            var pause = options.Value.ClaimLife / 3;
            try
            {
                if (await consumer.ClaimAsync(_holder, options.Value.ClaimLife, stoppingToken))
                {
                    await FollowAsync(stoppingToken);
                }
                status.Became(ConnectionChangesState.StandingBy);
            }
            catch (DomainException exception)
            {
                status.Became(ConnectionChangesState.Waiting);
                status.Failed();
                if (status.Lag > options.Value.MaxBackoff)
                {
                    LogBrokeOff(exception.Reason.ToString(), exception);
                }
                else
                {
                    // services start in any order, and restart
                    LogNotYet(exception.Reason.ToString());
                }
                // not all replicas at the same moment
                pause = _backoff * (0.5 + (Random.Shared.NextDouble() / 2));
                _backoff = TimeSpan.FromTicks(
                    Math.Min(options.Value.MaxBackoff.Ticks, _backoff.Ticks * 2)
                );
            }
            await Task.Delay(pause, time, stoppingToken);
        }
    }

    /// <summary>Follows the record until another one holds it.</summary>
    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        var stored = await consumer.ReadCursorAsync(stoppingToken);
        try
        {
            await FollowAsync(stored, stoppingToken);
        }
        catch (DomainException exception)
            when (exception.Reason is ErrorReason.CursorExpired or ErrorReason.InvalidCursor)
        {
            LogBeginsAnew(exception.Reason.ToString());
            await FollowAsync(AllKinds, stoppingToken);
        }
    }

    private async Task FollowAsync(string stored, CancellationToken stoppingToken)
    {
        var isAllKinds = stored.StartsWith(AllKinds, StringComparison.Ordinal);
        var cursor = isAllKinds ? stored[AllKinds.Length..] : stored;
        // when it ends, whatever is the cause, the reading ends with it
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var events = Channel.CreateBounded<RecordEvent>(
            new BoundedChannelOptions(options.Value.BatchSize)
            {
                SingleReader = true,
                SingleWriter = true,
            }
        );
        var reading = ReadAsync(events.Writer, cursor, isAllKinds, ending.Token);
        try
        {
            var claimed = time.GetTimestamp();
            var batch = new List<RecordedChange>();
            while (await events.Reader.WaitToReadAsync(stoppingToken))
            {
                if (time.GetElapsedTime(claimed) > options.Value.ClaimLife / 3)
                {
                    claimed = time.GetTimestamp();
                    if (!await consumer.ClaimAsync(_holder, options.Value.ClaimLife, stoppingToken))
                    {
                        return;
                    }
                }
                isAllKinds = await ApplyAsync(events.Reader, batch, isAllKinds, stoppingToken);
            }
        }
        finally
        {
            await ending.CancelAsync();
            // its failure, if that ended it, came out of the channel
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> ApplyAsync(
        ChannelReader<RecordEvent> events,
        List<RecordedChange> batch,
        bool isAllKinds,
        CancellationToken stoppingToken
    )
    {
        batch.Clear();
        RecordEvent? last = null;
        while (batch.Count < options.Value.BatchSize && events.TryRead(out var next))
        {
            last = next;
            if (next.Change is { } change)
            {
                batch.Add(change);
            }
            else
            {
                // the past is told: from here on the kinds of interest are enough, for this stream and for the next
                isAllKinds = false;
            }
        }
        if (last is null)
        {
            return isAllKinds;
        }
        await consumer.ApplyAsync(
            batch,
            isAllKinds ? AllKinds + last.Cursor : last.Cursor,
            stoppingToken
        );
        _backoff = options.Value.MaxBackoff / FirstBackoff;
        status.Applied(batch.Count, last.Time);
        status.Became(ConnectionChangesState.Following);
        return isAllKinds;
    }

    private async Task ReadAsync(
        ChannelWriter<RecordEvent> events,
        string cursor,
        bool isAllKinds,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (
                var next in record.WatchAsync(
                    cursor,
                    isAllKinds ? [] : consumer.Kinds,
                    cancellationToken
                )
            )
            {
                await events.WriteAsync(next, cancellationToken);
            }
            events.Complete();
        }
        catch (Exception exception)
        {
            // thrown again by whoever reads the channel
            events.Complete(exception);
        }
    }

    [LoggerMessage(LogLevel.Information, "Connections' changes are not followed yet ({Reason})")]
    private partial void LogNotYet(string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "Connections' changes cannot be followed at present ({Reason}); trying again"
    )]
    private partial void LogBrokeOff(string reason, Exception exception);

    [LoggerMessage(
        LogLevel.Warning,
        "Connections' changes cannot be followed from the cursor ({Reason}); beginning anew"
    )]
    private partial void LogBeginsAnew(string reason);
}
