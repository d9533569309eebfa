using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Platform.Common.V1;
using Platform.Testing;
using Platform.Tests.EndToEnd.Processes;

namespace Platform.Tests.EndToEnd.Dashboards;

/// <summary>
/// What an operator sees: services send by OTLP, a real Prometheus scrapes, and every panel of every dashboard is asked for. The
/// collector is stood in for, and nothing draws.
/// </summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static readonly string Telemetry = Path.GetFullPath(
        Path.Combine(Here(), "..", "..", "..", "deploy", "telemetry")
    );

    /// <summary>What has no data until something goes wrong, by a part of the expression.</summary>
    private static readonly (string Part, string Reason)[] OnlyWhenSomethingIsWrong =
    [
        ("http_response_status_code=~\"5..\"", "nothing was answered with 5xx"),
        ("reason=\"DEPENDENCY_UNAVAILABLE\"", "every service was reached"),
        ("STORE_UNAVAILABLE", "every store answered"),
        ("gateway_rates_alone_total", "Redis said how many calls were left"),
        ("feed_fanout_failures_total", "every part of every delivery went well"),
        (
            "platform_connection_changes_failures_total",
            "following the record of changes never broke off"
        ),
    ];

    private readonly TemporaryFolder _folder = new();
    private Collector _collector = null!;
    private ServiceProcesses _services = null!;
    private PrometheusServer _prometheus = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(
            PrometheusServer.Program is null,
            "there is no program prometheus in PATH; .ci/operator-tools gets one"
        );
        _collector = await Collector.StartAsync();
        _services = await ServiceProcesses.StartAsync(_collector.OtlpAddress);
        _prometheus = await PrometheusServer.StartAsync(Telemetry, _collector.Target, _folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }
        if (_collector is not null)
        {
            await _collector.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task Panels_ShowTraffic_AndTrouble_AndNoAlertFiresBefore()
    {
        var panels = Panels.Read(Path.Combine(Telemetry, "dashboards"));
        var inTrouble = panels.Where(MeansTrouble).ToList();
        Assert.All(
            OnlyWhenSomethingIsWrong,
            item =>
                Assert.Contains(
                    panels,
                    panel => panel.Expression.Contains(item.Part, StringComparison.Ordinal)
                )
        );

        await ShowAsync("traffic", [.. panels.Except(inTrouble)], SessionAsync);

        var alerts = await _prometheus.AlertsAsync();
        Assert.NotEmpty(alerts);
        Assert.All(alerts, static alert => Assert.Equal("ok", alert.Health));
        Assert.All(alerts, static alert => Assert.Equal("inactive", alert.State));

        await _services.KillAsync("redis");
        await _services.KillAsync("connections");
        await ShowAsync("trouble", inTrouble, TroubleAsync);
    }

    private static bool MeansTrouble(Panels.Target panel) =>
        OnlyWhenSomethingIsWrong.Any(item =>
            panel.Expression.Contains(item.Part, StringComparison.Ordinal)
        );

    /// <summary>Repeats what makes data until every panel has some.</summary>
    private async Task ShowAsync(
        string what,
        IReadOnlyList<Panels.Target> panels,
        Func<Task> happens
    )
    {
        var missing = panels;
        try
        {
            await Eventually.HoldsAsync(
                $"every panel about {what} shows some",
                async () =>
                {
                    await happens();
                    var still = new List<Panels.Target>();
                    foreach (var panel in missing)
                    {
                        if (await _prometheus.CountAsync(panel.Expression) == 0)
                        {
                            still.Add(panel);
                        }
                    }
                    missing = still;
                    return missing.Count == 0;
                },
                Limit
            );
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"{exception.Message}\nWithout data:\n{string.Join('\n', missing)}\nReported:\n{string.Join('\n', _collector.Metrics.Names.Order())}",
                exception
            );
        }
    }

    /// <summary>README's session, and a call of each service that is refused.</summary>
    private async Task SessionAsync()
    {
        var run = Guid.NewGuid().ToString("N")[..8];
        var platform = _services.Platform;
        var alice = await platform.ActorAsync($"alice-{run}");
        var bob = await platform.ActorAsync($"bob-{run}");
        var carol = await platform.ActorAsync($"carol-{run}");
        var tooEarly = await Refusal.OfAsync(async () =>
            await alice.SendAsync(await alice.StartConversationAsync(bob), "Hello")
        );
        Assert.Equal(ErrorReason.NotFirstDegree, tooEarly.Reason);
        await alice.ConnectAsync(bob);
        await alice.SendAsync(await alice.StartConversationAsync(bob), "Hello");
        await carol.FollowAsync(alice);
        var post = await alice.PostAsync("Hiring two engineers #dotnet");
        await Eventually.HoldsAsync(
            "the post is in both home feeds",
            async () =>
                await bob.FeedEntryAsync(post) is not null
                && await carol.FeedEntryAsync(post) is not null
        );
        await Refusal.OfAsync(() => alice.ConnectAsync(alice));
        await Refusal.OfAsync(() => carol.FollowAsync(carol));
        await Refusal.OfAsync(() => alice.PostAsync(""));
        using var withoutToken = await platform.Http.GetAsync(
            new Uri("/v1/connections", UriKind.Relative)
        );
        Assert.Equal(HttpStatusCode.Unauthorized, withoutToken.StatusCode);
        using var rest = await ConnectionsAsync(alice);
        Assert.True(rest.IsSuccessStatusCode);
    }

    /// <summary>Calls without a Redis and without connections.</summary>
    private async Task TroubleAsync()
    {
        var platform = _services.Platform;
        var ada = await platform.ActorAsync($"ada-{Guid.NewGuid():N}");
        using var rest = await ConnectionsAsync(ada);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, rest.StatusCode);
        await Refusal.OfAsync(ada.Follows.CheckFollowAsync(new() { Entity = ada.Entity }));
        // stored, and not delivered
        await ada.PostAsync("Is anybody there?");
    }

    private async Task<HttpResponseMessage> ConnectionsAsync(Actor actor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/connections");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", actor.Token);
        return await _services.Platform.Http.SendAsync(request);
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
