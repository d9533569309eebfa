using Platform.Common.V1;
using Platform.Feed.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Posts;

/// <summary>
/// Lets <see cref="PostIdGenerator"/> begin after the largest stored id and with a number that no other replica has: before the
/// first request comes or, if the store does not answer then, before the first post is created.
/// </summary>
public sealed partial class PostIdStart(
    IPostStore posts,
    PostIdGenerator ids,
    PostIdNode node,
    ILogger<PostIdStart> logger
) : IHostedLifecycleService
{
    private volatile int _term;

    /// <summary>Returns when ids can be made.</summary>
    /// <exception cref="DomainException"><c>STORE_UNAVAILABLE</c>.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await node.EnsureAsync(cancellationToken);
        // who had the number before may have made ids ahead of the clock
        var term = node.Term;
        if (_term == term)
        {
            return;
        }
        if (await posts.GetLargestIdAsync(cancellationToken) is { } largest)
        {
            ids.StartAfter(largest);
        }
        _term = term;
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EnsureAsync(cancellationToken);
        }
        catch (DomainException exception) when (exception.Reason == ErrorReason.StoreUnavailable)
        {
            // the host serves what it can, and says that it does not serve all
            LogNotYet(exception);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "Post ids cannot be made yet; the first post will try again")]
    private partial void LogNotYet(Exception exception);
}
