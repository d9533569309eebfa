using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Messaging.Connections;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class GateHealthCheckTests
{
    [Fact]
    public async Task Check_ConnectionsStaysAway_ServesAfterAWhile()
    {
        var time = new FakeTimeProvider();
        using var neverAnswered = new GateWarmUpWorker(
            client: null!,
            Options.Create(new GateOptions()),
            time,
            NullLogger<GateWarmUpWorker>.Instance
        );
        var check = new GateHealthCheck(neverAnswered, time);

        time.Advance(GateHealthCheck.Patience);
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(check));

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(check));
    }

    private static async Task<HealthStatus> StatusAsync(GateHealthCheck check)
    {
        var context = new HealthCheckContext
        {
            Registration = new HealthCheckRegistration(
                "gate",
                check,
                HealthStatus.Unhealthy,
                tags: null
            ),
        };
        var result = await check.CheckHealthAsync(context, TestContext.Current.CancellationToken);
        return result.Status;
    }
}
