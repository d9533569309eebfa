using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.ServiceDefaults.Errors;

namespace Platform.Storage.Mongo;

/// <summary>
/// Makes the indexes of all stores of the host, at start and as often as it takes for the server to answer. Until it has done
/// so the host reports itself as not serving.
/// </summary>
public sealed partial class MongoIndexWorker(
    MongoConnection connection,
    IEnumerable<MongoIndexes> indexes,
    TimeProvider time,
    ILogger<MongoIndexWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private volatile bool _isDone;

    /// <summary>Whether all indexes are there.</summary>
    public bool IsDone => _isDone;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryAsync(stoppingToken).ConfigureAwait(false))
        {
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(false);
        }
        _isDone = true;
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var ofCollection in indexes)
            {
                await connection
                    .EnsureIndexesAsync(ofCollection, cancellationToken)
                    .ConfigureAwait(false);
            }
            return true;
        }
        catch (DomainException refusal)
        {
            LogNotYet(refusal);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "MongoDB does not answer; not serving yet")]
    private partial void LogNotYet(Exception exception);
}
