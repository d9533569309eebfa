using System.Net;
using System.Net.Sockets;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Hosting;
using Platform.Connections;
using Platform.Testing;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>A replica of follows that is there before connections is.</summary>
public sealed class StartTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    [Fact]
    public async Task Health_AtStart_ServesOnceConnectionsAnswers()
    {
        var address = FreeAddress();
        await using var replica = await server.StartReplicaAsync(
            new KeyValuePair<string, string?>("Services:Connections:Address", address)
        );
        Assert.Equal(ServingStatus.NotServing, await HealthAsync(replica));

        using var folder = new TemporaryFolder();
        await using var connections = await RunningService.StartAsync(
            (args, configure) =>
                ConnectionsApp.Build(
                    args,
                    builder =>
                    {
                        configure?.Invoke(builder);
                        builder.WebHost.UseUrls(address);
                    }
                ),
            server.Identity,
            [new("Storage:Path", folder.File("connections.db"))]
        );

        await Eventually.HoldsAsync(
            "follows serves",
            async () => await HealthAsync(replica) == ServingStatus.Serving
        );
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }

    private static async Task<ServingStatus> HealthAsync(RunningService service) =>
        (
            await new Health.HealthClient(service.WithToken(null)).CheckAsync(
                new HealthCheckRequest(),
                cancellationToken: TestContext.Current.CancellationToken
            )
        ).Status;
}
