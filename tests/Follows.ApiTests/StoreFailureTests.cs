using System.Diagnostics;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows;
using Platform.Follows.V1;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

public sealed class StoreFailureTests
{
    private static readonly Entity Acme = new() { Kind = EntityKind.Company, Id = "acme" };

    [Fact]
    public async Task StoreAway_IsUnavailableWithinTheDeadlineAndServesAgainAfterwards()
    {
        using var identity = new TestIdentity();
        using var folder = new TemporaryFolder();
        var options = new EmbeddedGarnetOptions { DataFolder = folder.Path };
        var garnet = EmbeddedGarnet.Start(options);
        await using var service = await RunningService.StartAsync(
            FollowsApp.Build,
            identity,
            [
                new("Redis:ConnectionString", garnet.ConnectionString),
                new("Services:Connections:Address", "http://127.0.0.1:1"),
            ]
        );
        var client = new FollowsService.FollowsServiceClient(service.As("ann"));
        await Eventually.HoldsAsync("the first follow", () => FollowedAsync(client));

        await garnet.DisposeAsync();
        var clock = Stopwatch.StartNew();
        var refusal = await Refusal.OfAsync(
            client.CheckFollowAsync(new CheckFollowRequest { Entity = Acme })
        );

        Assert.Equal(
            (StatusCode.Unavailable, ErrorReason.StoreUnavailable),
            (refusal.Code, refusal.Reason)
        );
        Assert.DoesNotContain("127.0.0.1", refusal.Status.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));

        await using var restarted = EmbeddedGarnet.Start(options with { Port = garnet.Port });
        await Eventually.HoldsAsync(
            "what was acknowledged is served again",
            () => FollowsAsync(client)
        );
    }

    [Fact]
    public async Task NoStoreSetting_DoesNotStart()
    {
        using var identity = new TestIdentity();

        var failure = await Assert.ThrowsAnyAsync<Exception>(() =>
            RunningService.StartAsync(
                FollowsApp.Build,
                identity,
                [
                    new("Redis:ConnectionString", ""),
                    new("Services:Connections:Address", "http://127.0.0.1:1"),
                ]
            )
        );

        Assert.Contains("Redis:ConnectionString", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> FollowedAsync(FollowsService.FollowsServiceClient client)
    {
        try
        {
            await client.FollowAsync(new FollowRequest { Entity = Acme });
            return true;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
        {
            return false;
        }
    }

    private static async Task<bool> FollowsAsync(FollowsService.FollowsServiceClient client)
    {
        try
        {
            return (await client.CheckFollowAsync(new CheckFollowRequest { Entity = Acme }))
                .Check
                .Following;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
        {
            return false;
        }
    }
}
