using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>What a call costs of tracing without telemetry, and what becomes of a trace that its caller brings.</summary>
public sealed class TraceTests
{
    private const string Theirs = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Fact]
    public async Task Call_WithoutTelemetry_MakesNoActivity()
    {
        var seen = new ConcurrentQueue<Activity?>();
        await using var gateway = new GatewayFixture
        {
            Configure = builder =>
                builder.Services.AddSingleton<IStartupFilter>(new Watching(seen)),
        };
        await gateway.InitializeAsync();

        await SeenByServiceAsync(gateway);

        Assert.Null(Assert.Single(seen));
    }

    [Fact]
    public async Task Call_WithACallersTrace_ArrivesWithoutIt()
    {
        await using var gateway = new GatewayFixture();
        await gateway.InitializeAsync();

        var seen = await SeenByServiceAsync(gateway);

        Assert.DoesNotContain("traceparent=", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("tracestate=", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("baggage=", seen, StringComparison.Ordinal);
        // the other headers of a caller arrive
        Assert.Contains("x-own=1", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithATraceThatIsTrusted_ArrivesWithIt_AndWithoutBaggage()
    {
        await using var gateway = new GatewayFixture
        {
            Settings = [new("Gateway:TrustTraceContext", "true")],
        };
        await gateway.InitializeAsync();

        var seen = await SeenByServiceAsync(gateway);

        Assert.Contains($"traceparent={Theirs}", seen, StringComparison.Ordinal);
        Assert.Contains("tracestate=a=b", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("baggage=", seen, StringComparison.Ordinal);
    }

    private static async Task<string> SeenByServiceAsync(GatewayFixture gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/connections");
        request.Headers.Authorization = new("Bearer", gateway.Identity.Token("ada"));
        // as they are, without the client's own
        request.Headers.Add("traceparent", Theirs);
        request.Headers.Add("tracestate", "a=b");
        request.Headers.Add("baggage", "who=ada");
        request.Headers.Add("x-own", "1");
        using var client = new HttpMessageInvoker(
            new SocketsHttpHandler { ActivityHeadersPropagator = null }
        );
        request.RequestUri = new Uri(gateway.Http.BaseAddress!, request.RequestUri!);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return Assert.Single(answer.Headers.GetValues(FakeService.SeenHeader));
    }

    private sealed class Watching(ConcurrentQueue<Activity?> seen) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, following) =>
                    {
                        seen.Enqueue(Activity.Current);
                        return following(context);
                    }
                );
                next(app);
            };
    }
}
