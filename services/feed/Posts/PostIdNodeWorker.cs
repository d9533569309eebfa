using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Posts;

/// <summary>Keeps the number of this replica as long as it runs, and gives it back at the end.</summary>
public sealed partial class PostIdNodeWorker(
    PostIdNode node,
    TimeProvider time,
    ILogger<PostIdNodeWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = PostIdNode.Lease / 6;

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await node.ReleaseAsync(cancellationToken);
        }
        catch (DomainException exception)
        {
            LogNotReleased(exception);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await node.HoldAsync(stoppingToken);
            }
            catch (DomainException exception)
            {
                LogNotHeld(exception);
            }
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The number for the ids of posts cannot be held at present; without it no posts are created"
    )]
    private partial void LogNotHeld(Exception exception);

    [LoggerMessage(
        LogLevel.Warning,
        "The number for the ids of posts was not given back; it is free when its lease is over"
    )]
    private partial void LogNotReleased(Exception exception);
}
