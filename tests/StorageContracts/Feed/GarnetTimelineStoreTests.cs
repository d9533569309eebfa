using Microsoft.Extensions.Options;
using Platform.Feed.Timelines;
using Platform.Storage.Redis;
using Platform.Tests.StorageContracts.Follows;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>The contract on Garnet in this process.</summary>
public sealed class GarnetTimelineStoreTests(GarnetFixture garnet)
    : TimelineStoreContract,
        IClassFixture<GarnetFixture>
{
    protected override ITimelineStore Store { get; } =
        new RedisTimelineStore(
            garnet.Connect(
                Options.Create(
                    new RedisOptions
                    {
                        ConnectionString = garnet.ConnectionString,
                        // the machine of a test may be busy with something else
                        CommandTimeout = TimeSpan.FromSeconds(30),
                    }
                )
            ),
            Options.Create(new TimelineOptions { Capacity = Capacity })
        );
}
