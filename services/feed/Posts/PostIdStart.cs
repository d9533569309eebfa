using Platform.Feed.Storage;

namespace Platform.Feed.Posts;

/// <summary>Lets <see cref="PostIdGenerator"/> begin after the largest stored id, before the first request comes.</summary>
public sealed class PostIdStart(IPostStore posts, PostIdGenerator ids) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (await posts.GetLargestIdAsync(cancellationToken) is { } largest)
        {
            ids.StartAfter(largest);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
