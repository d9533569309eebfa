using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Tls;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

/// <summary>The health check of the images, against a real service.</summary>
public sealed class HealthProbeTests
{
    [Theory]
    [InlineData(true, 0, "SERVING")]
    [InlineData(false, 1, "NOT_SERVING")]
    public async Task Run_RunningService_TellsItsHealth(bool healthy, int exitCode, string word)
    {
        using var identity = new TestIdentity();
        await using var service = await RunningService.StartAsync(
            (args, configure) => Build(args, configure, healthy),
            identity,
            []
        );
        var output = new StringWriter();

        Assert.Equal(
            exitCode,
            await HealthProbe.RunAsync(service.Address, new TlsOptions(), output)
        );

        Assert.Equal(word, output.ToString().Trim());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Check_Live_DoesNotDependOnTheStore(bool healthy)
    {
        using var identity = new TestIdentity();
        await using var service = await RunningService.StartAsync(
            (args, configure) => Build(args, configure, healthy),
            identity,
            []
        );
        var client = new Health.HealthClient(service.WithToken(null));

        var answer = await client.CheckAsync(
            new HealthCheckRequest { Service = ServiceDefaultsExtensions.LiveHealth }
        );

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("not an address")]
    public async Task Run_NobodyAnswers_SaysWhereItAsked(string address)
    {
        var output = new StringWriter();

        Assert.Equal(1, await HealthProbe.RunAsync(address, new TlsOptions(), output));

        Assert.Contains($"UNREACHABLE at {address}", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "http://127.0.0.1:5000")]
    [InlineData(null, "8080", "http://127.0.0.1:8080")]
    [InlineData(null, "8080;8081", "http://127.0.0.1:8080")]
    [InlineData("http://+:9000", "8080", "http://127.0.0.1:9000")]
    [InlineData("http://*:9000;http://+:9001", null, "http://127.0.0.1:9000")]
    [InlineData("http://0.0.0.0:9000", null, "http://127.0.0.1:9000")]
    [InlineData("http://10.0.0.7:9000", null, "http://10.0.0.7:9000")]
    public void AddressOf_WhatTheServiceListensOn(string? urls, string? ports, string address)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ASPNETCORE_URLS"] = urls,
                    ["ASPNETCORE_HTTP_PORTS"] = ports,
                }
            )
            .Build();

        Assert.Equal(address, HealthProbe.AddressOf(configuration));
    }

    private static WebApplication Build(
        string[] args,
        Action<WebApplicationBuilder>? configure,
        bool healthy
    )
    {
        var builder = PlatformApp.CreateBuilder("tests", args, configure);
        builder
            .Services.AddHealthChecks()
            .AddCheck(
                "store",
                () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy()
            );
        var app = builder.Build();
        app.MapServiceDefaults();
        return app;
    }
}
