using System.Text.Json;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>Streams are silent for no longer than the gateway leaves them open.</summary>
public sealed class StreamIdleTests
{
    [Fact]
    public void Heartbeats_AreAllowedOnlyWellBelowTheTimeAfterWhichASilentStreamIsCut()
    {
        var shortest = ActivityTimeouts().Min();

        Assert.Empty(new Streams().Validate());
        Assert.InRange(new Streams().HeartbeatInterval, TimeSpan.Zero, shortest / 4);
        Assert.Contains(
            "HeartbeatInterval",
            Assert.Single(new Streams { HeartbeatInterval = shortest / 4 }.Validate()),
            StringComparison.Ordinal
        );
    }

    private static IEnumerable<TimeSpan> ActivityTimeouts()
    {
        using var routes = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "routes.json"))
        );
        return
        [
            .. routes
                .RootElement.GetProperty("ReverseProxy")
                .GetProperty("Clusters")
                .EnumerateObject()
                .Select(cluster =>
                    TimeSpan.Parse(
                        cluster
                            .Value.GetProperty("HttpRequest")
                            .GetProperty("ActivityTimeout")
                            .GetString()!,
                        System.Globalization.CultureInfo.InvariantCulture
                    )
                ),
        ];
    }

    private sealed class Streams : StreamOptions
    {
        public override TimeSpan CursorLifetime { get; set; } = TimeSpan.FromDays(7);

        protected override string Section => "Streams";
    }
}
