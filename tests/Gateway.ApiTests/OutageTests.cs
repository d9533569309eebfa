using System.Net;
using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using Platform.Common.V1;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>What callers see while a service is away. Each has a gateway of its own, because services are stopped.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly GatewayFixture _gateway = new();

    public ValueTask InitializeAsync() => _gateway.InitializeAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Call_ServiceDown_IsUnavailableAndNamesTheService()
    {
        var feed = _gateway.Services["feed"];
        await feed.DisposeAsync();

        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(_gateway.Member(), "platform.feed.v1.PostsService", "CreatePost")
        );

        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        Assert.Equal("feed", refusal.Info.Metadata["dependency"]);
        Assert.DoesNotContain("127.0.0.1", refusal.Status.ToString(), StringComparison.Ordinal);
        using var other = GatewayFixture.Call(
            _gateway.Member(),
            "platform.follows.v1.FollowsService",
            "Follow"
        );
        await other.ResponseAsync;
    }

    [Fact]
    public async Task Rest_ServiceDown_Is503AndNamesTheService()
    {
        var feed = _gateway.Services["feed"];
        await feed.DisposeAsync();

        using var answer = await _gateway.RestAsync(HttpMethod.Get, "/v1/feed");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\"DEPENDENCY_UNAVAILABLE\"", body, StringComparison.Ordinal);
        Assert.Contains("\"feed\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_DeadlineOver_EndsThoughTheServiceHangs()
    {
        const string path = "/v1/feed";
        _gateway.Services["feed"].Silent[path] = true;
        // a client of gRPC would not wait for the gateway, but end the call by itself
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Headers =
            {
                { "authorization", $"Bearer {_gateway.Identity.Token("ada")}" },
                { "grpc-timeout", "100m" },
            },
        };

        using var answer = await _gateway.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains(
            "\"DEADLINE_EXCEEDED\"",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Health_EverythingServes_Is200()
    {
        var (status, services) = await HealthAsync();

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(4, services.Count(service => service.Value == "SERVING"));
    }

    [Fact]
    public async Task Health_ServiceDown_Is503AndNamesIt()
    {
        var messaging = _gateway.Services["messaging"];
        await messaging.DisposeAsync();

        var (status, services) = await HealthAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("UNREACHABLE", services["messaging"]);
        Assert.Equal("SERVING", services["feed"]);
        using var live = await _gateway.Http.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task Health_ServiceNotServing_Is503AndNamesItUntilItServes()
    {
        _gateway.Services["follows"].Health = HealthCheckResponse.Types.ServingStatus.NotServing;
        var (status, services) = await HealthAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("NOT_SERVING", services["follows"]);

        _gateway.Services["follows"].Health = HealthCheckResponse.Types.ServingStatus.Serving;
        Assert.Equal(HttpStatusCode.OK, (await HealthAsync()).Status);
    }

    private async Task<(HttpStatusCode Status, Dictionary<string, string> Services)> HealthAsync()
    {
        using var answer = await _gateway.Http.GetAsync("/health");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return (
            answer.StatusCode,
            json.RootElement.GetProperty("services")
                .EnumerateObject()
                .ToDictionary(service => service.Name, service => service.Value.GetString()!)
        );
    }
}
