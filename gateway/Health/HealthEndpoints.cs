using System.Text.Json;
using Platform.ServiceDefaults.Draining;

namespace Platform.Gateway.Health;

/// <summary>
/// <c>GET /health</c>: 200 when every service serves, otherwise, and while the gateway stops, 503 and which does not. <c>GET /health/live</c>: the process runs.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapGatewayHealth(this WebApplication app)
    {
        app.MapGet("/health", (RequestDelegate)ReadyAsync).AllowAnonymous();
        app.MapGet(
                "/health/live",
                (RequestDelegate)(context => AnswerAsync(context, 200, "SERVING", null))
            )
            .AllowAnonymous();
    }

    private static async Task ReadyAsync(HttpContext context)
    {
        var states = await context
            .RequestServices.GetRequiredService<ServiceHealth>()
            .CheckAsync(context.RequestAborted);
        var stops = context.RequestServices.GetRequiredService<Drain>().HasBegun;
        var serves = !stops && states.Values.All(state => state == "SERVING");
        await AnswerAsync(context, serves ? 200 : 503, serves ? "SERVING" : "NOT_SERVING", states);
    }

    private static async Task AnswerAsync(
        HttpContext context,
        int code,
        string status,
        IReadOnlyDictionary<string, string>? services
    )
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", status);
        if (services is not null)
        {
            json.WriteStartObject("services");
            foreach (var (name, state) in services)
            {
                json.WriteString(name, state);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
