using Microsoft.Extensions.DependencyInjection;
using Platform.Follows;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Storage.Redis;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The follows service as it is deployed, with its journal worker in a hurry, on keys of its own.</summary>
public sealed class FollowsOnRedis : IAsyncDisposable
{
    private readonly TestIdentity _identity;

    private FollowsOnRedis(RunningService service, TestIdentity identity)
    {
        Service = service;
        _identity = identity;
    }

    public RunningService Service { get; }

    public IFollowStore Store => Service.Services.GetRequiredService<IFollowStore>();

    public RedisConnection Redis => Service.Services.GetRequiredService<RedisConnection>();

    public static async Task<FollowsOnRedis> StartAsync(string connectionString)
    {
        var identity = new TestIdentity();
        var service = await RunningService.StartAsync(
            FollowsApp.Build,
            identity,
            [
                new("Redis:ConnectionString", connectionString),
                new("Redis:KeyPrefix", $"{Guid.NewGuid():n}:"),
                // nobody: follows serve without connections
                new("Services:Connections:Address", "http://127.0.0.1:1"),
                new("Follows:JournalSweepInterval", "00:00:00.200"),
                new("Follows:JournalGrace", "00:00:00.100"),
            ]
        );
        return new FollowsOnRedis(service, identity);
    }

    public FollowsService.FollowsServiceClient As(string member) => new(Service.As(member));

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _identity.Dispose();
    }
}
