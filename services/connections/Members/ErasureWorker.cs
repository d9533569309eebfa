using Microsoft.Extensions.Options;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Members;

/// <summary>Erases members that are to be erased: those of this process at once, those that another left when their lease has lapsed.</summary>
public sealed partial class ErasureWorker(
    IMemberStore members,
    Eraser eraser,
    IOptions<ErasureOptions> options,
    TimeProvider time,
    ILogger<ErasureWorker> logger
) : BackgroundService
{
    private const int BatchSize = 20;

    private readonly Signal _wake = new();

    /// <summary>There is something to do.</summary>
    public void Wake() => _wake.Raise();

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var woken = _wake.Next;
            try
            {
                await EraseDueAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (DomainException exception)
            {
                // the store is away; what is due now is due at the next turn too, or when the lease has lapsed
                LogFailed(exception);
            }
            await woken
                .WaitAsync(options.Value.Interval, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task EraseDueAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<MemberRecord> due;
        do
        {
            due = await members
                .ListErasingAsync(time.GetUtcNow(), BatchSize, cancellationToken)
                .ConfigureAwait(false);
            foreach (var member in due)
            {
                var wasDone = member.Deletion!.State == MemberDeletionState.Done;
                var after = await eraser
                    .EraseAsync(member, cancellationToken)
                    .ConfigureAwait(false);
                if (!wasDone && after?.Deletion is { State: MemberDeletionState.Done } deletion)
                {
                    LogErased(member.MemberId, deletion.RemovedCount);
                }
            }
            // each was put off or finished, by this process or by another
        } while (due.Count == BatchSize);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Member {MemberId} is erased; {Count} pairs, recommendations and settings were removed"
    )]
    private partial void LogErased(string memberId, long count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Members could not be erased; trying again at the next turn"
    )]
    private partial void LogFailed(Exception exception);
}
