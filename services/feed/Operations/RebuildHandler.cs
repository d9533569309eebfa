using Platform.Feed.Timelines;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Operations;

/// <summary>Builds timelines anew.</summary>
public sealed class RebuildHandler(TimelineWalk walk, TimelineBuilder builder)
{
    /// <summary>Rebuilds the timeline of one member, or all that there are.</summary>
    /// <param name="memberId">Empty for all.</param>
    /// <param name="cursor">Of the progress of an earlier call; empty for the start.</param>
    /// <param name="report">Gets how far it is, at the end too.</param>
    /// <exception cref="DomainException">See <c>FeedOperationsService.RebuildFeed</c>.</exception>
    public async Task RebuildAsync(
        string memberId,
        string cursor,
        Func<RebuildProgress, Task> report,
        CancellationToken cancellationToken
    )
    {
        var (rebuilt, written) = (0L, 0L);
        await foreach (var step in walk.WalkAsync(memberId, cursor, cancellationToken))
        {
            if (
                step.MemberId is { } member
                && await builder.RebuildAsync(
                    member,
                    open: memberId.Length > 0,
                    unlessSince: memberId.Length > 0 ? null : step.Began,
                    cancellationToken
                )
                    is { } entries
            )
            {
                rebuilt++;
                written += entries;
            }
            if (step.IsReportDue)
            {
                await report(new RebuildProgress(step.Cursor, rebuilt, written, step.IsLast));
            }
        }
    }
}
