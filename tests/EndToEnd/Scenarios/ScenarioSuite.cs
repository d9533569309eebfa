using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>
/// Scenarios from end to end. Every way of running the platform runs the same ones: a subclass of each suite says where it is.
/// Members are new in each scenario, so they may share a platform.
/// </summary>
public abstract class ScenarioSuite : IAsyncLifetime
{
    /// <summary>Part of each name that a scenario gives, so that it meets no other scenario's.</summary>
    protected string Run { get; } = Guid.NewGuid().ToString("N")[..8];

    protected PlatformEndpoint Endpoint { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Endpoint = await StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>The platform, running; several tests may have the same. Skips the test where it cannot run.</summary>
    protected abstract Task<PlatformEndpoint> StartAsync();

    /// <summary>A member whom no other scenario knows.</summary>
    protected Task<Actor> MemberAsync(string name) => Endpoint.ActorAsync($"{name}-{Run}");

    /// <summary>What the gateway answers over REST.</summary>
    protected async Task<(HttpStatusCode Status, JsonElement Body)> RestAsync(
        Actor actor,
        HttpMethod method,
        string path,
        string? body = null
    )
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null
                ? null
                : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", actor.Token);
        using var answer = await Endpoint.Http.SendAsync(request);
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        return (answer.StatusCode, json.RootElement.Clone());
    }

    /// <summary>The next event of a stream over REST: a line that is not empty.</summary>
    protected static async Task<JsonElement> NextLineAsync(StreamReader lines)
    {
        while (true)
        {
            var line = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.NotNull(line);
            if (line.Length > 0)
            {
                using var json = JsonDocument.Parse(line);
                return json.RootElement.Clone();
            }
        }
    }
}
