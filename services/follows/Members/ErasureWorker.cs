using Microsoft.Extensions.Options;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Members;

/// <summary>
/// Finishes erasures that were begun: those of this process at once, those that another left at the next turn. Every replica runs it;
/// two that meet at one member do the same thing twice, which changes nothing.
/// </summary>
public sealed partial class ErasureWorker(
    FollowEraser eraser,
    IMemberStore members,
    IOptions<FollowsOptions> options,
    TimeProvider time,
    ILogger<ErasureWorker> logger
) : BackgroundService
{
    // a member with very many followers takes many pieces, and the others do not wait for all of them
    private const int SampleSize = 20;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var begun = eraser.Begun.Next;
            try
            {
                while (await GoOnAsync(stoppingToken)) { }
            }
            catch (DomainException exception)
            {
                // what was begun is remembered
                LogLeft(exception.Reason.ToString());
            }
            await begun
                .WaitAsync(options.Value.ErasureInterval, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes a piece of some erasures. Answers whether there may be more to do now.</summary>
    private async Task<bool> GoOnAsync(CancellationToken cancellationToken)
    {
        var isMore = false;
        foreach (var member in await members.SampleErasuresAsync(SampleSize, cancellationToken))
        {
            try
            {
                var (done, ended) = await eraser.DeleteAsync(member, cancellationToken);
                if (done)
                {
                    await members.EndErasureAsync(member, cancellationToken);
                    LogErased(member);
                }
                // without progress something is under way elsewhere: it is there at the next turn
                isMore |= done || ended > 0;
            }
            catch (DomainException exception)
            {
                // of a Cluster a part may be away: that does not hold up the rest
                LogLeft(exception.Reason.ToString());
            }
        }
        return isMore;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The follows of member {MemberId} are erased"
    )]
    private partial void LogErased(string memberId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An erasure of follows waits: {Reason}")]
    private partial void LogLeft(string reason);
}
