using Microsoft.Extensions.Options;
using Platform.Follows.Storage;
using Platform.Storage.Redis;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The contract on Garnet in this process.</summary>
public sealed class GarnetFollowStoreTests(GarnetFixture garnet)
    : FollowStoreContract,
        IClassFixture<GarnetFixture>
{
    protected override IFollowStore CreateStore(int snapshotLimit = RedisFollowStore.SnapshotLimit)
    {
        var options = Options.Create(
            new RedisOptions
            {
                ConnectionString = garnet.ConnectionString,
                KeyPrefix = $"{Guid.NewGuid():n}:",
                // the machine of a test may be busy with something else
                CommandTimeout = TimeSpan.FromSeconds(30),
            }
        );
        return new RedisFollowStore(garnet.Connect(options), Time, snapshotLimit);
    }
}
