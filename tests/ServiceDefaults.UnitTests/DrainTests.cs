using System.Net.Sockets;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Platform.ServiceDefaults.Hosting;
using Platform.Testing;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Platform.Tests.ServiceDefaults;

/// <summary>A service that is told to stop, on a real Kestrel.</summary>
public sealed class DrainTests : IDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(3);

    private readonly TestIdentity _identity = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _identity.Dispose();

    [Fact]
    public async Task Stop_SaysSoByItsHealthAndServesOn_ThenAcceptsNoMore()
    {
        await using var service = await RunningService.StartAsync(
            (args, configure) =>
            {
                var app = PlatformApp.CreateBuilder("test", args, configure).Build();
                app.MapServiceDefaults();
                return app;
            },
            _identity,
            [new("Shutdown:DrainTime", DrainTime.ToString("c"))],
            _time
        );
        var health = new Health.HealthClient(service.WithToken(null));
        Assert.Equal(ServingStatus.Serving, await AskAsync(""));

        var stopping = service.Services.GetRequiredService<IHost>().StopAsync();

        await Eventually.HoldsAsync(
            "it says that it does not serve",
            async () => await AskAsync("") == ServingStatus.NotServing
        );
        // the process is well: a restart would mend nothing
        Assert.Equal(ServingStatus.Serving, await AskAsync(ServiceDefaultsExtensions.LiveHealth));
        _time.Advance(DrainTime - TimeSpan.FromMilliseconds(1));
        Assert.Equal(ServingStatus.NotServing, await AskAsync(""));
        Assert.False(stopping.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await stopping;
        // a connection of before may break in more ways than one while it is closed; a new one is not accepted
        using var connection = new TcpClient();
        var address = new Uri(service.Address);
        await Assert.ThrowsAsync<SocketException>(() =>
            connection.ConnectAsync(address.Host, address.Port)
        );

        async Task<ServingStatus> AskAsync(string name) =>
            (await health.CheckAsync(new HealthCheckRequest { Service = name })).Status;
    }
}
