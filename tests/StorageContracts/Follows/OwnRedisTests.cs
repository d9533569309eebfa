using Platform.Follows.Entities;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>Tests of the follows service that do something to its redis-server, which is their own.</summary>
public abstract class OwnRedisTests(RedisContainer container)
    : IClassFixture<RedisContainer>,
        IAsyncLifetime
{
    private static readonly string[] Members = [.. Enumerable.Range(0, 6).Select(n => $"10{n}")];

    private static readonly Followable[] Entities =
    [
        .. Enumerable.Range(0, 8).Select(n => new Followable(FollowKind.Company, $"{n}")),
        .. Members.Select(member => new Followable(FollowKind.Group, "g" + member)),
    ];

    protected RedisContainer Container => container;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await container.StartAsync(Token);
        Assert.SkipWhen(container.Problem is not null, container.Problem ?? "");
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Does something to the server while members follow and unfollow, as often as asked; in the end nothing acknowledged is lost, and
    /// nothing is half-done.
    /// </summary>
    /// <param name="fault">Begins it.</param>
    /// <param name="notice">Waits while it lasts.</param>
    /// <param name="mend">Ends it.</param>
    /// <param name="rounds">How often.</param>
    protected async Task ChurnThroughAsync(
        Func<Task> fault,
        Func<FollowChurn, Task> notice,
        Func<Task> mend,
        int rounds
    )
    {
        await using var follows = await FollowsOnRedis.StartAsync(container.ConnectionString);
        var churn = new FollowChurn(follows.Service, Members, Entities);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = churn.RunAsync(stop.Token);

        for (var round = 0; round < rounds; round++)
        {
            await churn.GoesOnAsync();
            await fault();
            try
            {
                await notice(churn);
            }
            finally
            {
                await mend();
            }
        }
        await churn.GoesOnAsync();

        await stop.CancelAsync();
        await running;
        await churn.AssertAgreesAsync(follows.Store);
    }
}
