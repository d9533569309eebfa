namespace Platform.Tests.EndToEnd.Containers;

/// <summary>Connections, Redis and messaging are killed while members write to each other and their devices follow.</summary>
[Collection(ContainerCollection.Name)]
public sealed class MessagingKillTests(ContainerPlatform containers, ITestOutputHelper output)
{
    private const int Pairs = 3;
    private const int BetweenFaults = 150;

    [Fact]
    public async Task Kill_UnderLoad_EveryDeviceHasEachMessageOnceInOrder()
    {
        var load = new LiveLoad(await containers.StartOrSkipAsync(), Pairs);
        await load.StartAsync();

        foreach (var victim in new[] { "connections", "redis", "messaging" })
        {
            await load.MoreAsync(BetweenFaults, $"before {victim} is killed");
            await containers.KillAsync(victim);
            if (victim == "redis")
            {
                // sends do not need it
                await load.MoreAsync(BetweenFaults, "without Redis");
            }
            await containers.StartAgainAsync(victim);
        }
        await load.MoreAsync(BetweenFaults, "after all of it");
        await load.VerifyAsync();

        output.WriteLine(
            $"{load.Acknowledged} messages; streams broke off {load.Broken} times; refused meanwhile: {load.Refused}"
        );
        Assert.True(load.WasDisturbed);
    }
}
