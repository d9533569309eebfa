using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Platform.Connections.Client;

namespace Platform.Tests.ServiceDefaults.UnitTests.ConnectionChanges;

public sealed class ConnectionsReadyCheckTests
{
    [Fact]
    public async Task Check_ConnectionsStaysAway_ServesAfterAWhile()
    {
        var time = new FakeTimeProvider();
        using var neverAnswered = new ConnectionsWarmUpWorker(
            client: null!,
            new ConnectionsPatience(TimeSpan.FromMilliseconds(300)),
            time,
            NullLogger<ConnectionsWarmUpWorker>.Instance
        );
        var check = new ConnectionsReadyCheck(neverAnswered, time);

        time.Advance(ConnectionsReadyCheck.Patience);
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(check));

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(check));
    }

    private static async Task<HealthStatus> StatusAsync(ConnectionsReadyCheck check)
    {
        var context = new HealthCheckContext
        {
            Registration = new HealthCheckRegistration(
                "connections",
                check,
                HealthStatus.Unhealthy,
                tags: null
            ),
        };
        var result = await check.CheckHealthAsync(context, TestContext.Current.CancellationToken);
        return result.Status;
    }
}
