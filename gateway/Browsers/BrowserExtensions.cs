using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Platform.Gateway.Browsers;

/// <summary>
/// What browsers need: gRPC-Web, which is translated here, so that routes, limits and services see gRPC only; and leave for the pages
/// of the configured origins to call.
/// </summary>
internal static class BrowserExtensions
{
    private const string WebContentType = "application/grpc-web";

    private static readonly TimeSpan PreflightCacheTime = TimeSpan.FromHours(1);

    public static void AddBrowsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddCors();
        builder
            .Services.AddOptions<CorsOptions>()
            .Configure<IOptions<GatewayOptions>>(
                static (cors, gateway) =>
                    cors.AddDefaultPolicy(policy =>
                        policy
                            .WithOrigins([.. gateway.Value.AllowedOrigins])
                            .AllowAnyHeader()
                            .WithMethods("GET", "POST", "PATCH", "DELETE")
                            .WithExposedHeaders(
                                "grpc-status",
                                "grpc-message",
                                "grpc-status-details-bin",
                                "grpc-encoding",
                                "retry-after"
                            )
                            .SetPreflightMaxAge(PreflightCacheTime)
                    )
            );
    }

    /// <summary>Whether the request is gRPC-Web; only true before it is translated.</summary>
    public static bool IsWebCall(HttpRequest request) =>
        request.ContentType?.StartsWith(WebContentType, StringComparison.OrdinalIgnoreCase) == true;

    public static void UseBrowsers(this WebApplication app)
    {
        app.UseCors();
        app.UseWhen(WebText.IsText, static text => text.UseMiddleware<WebText>());
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
    }
}
