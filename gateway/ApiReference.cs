using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace Platform.Gateway;

/// <summary>
/// <c>GET /reference</c>: the REST surface as a page to read and to try, made of <see cref="ApiDocument"/>. Its script comes from this
/// program, and what the page may do ends at this gateway: nothing is fetched from elsewhere, and nothing is told to others.
/// </summary>
internal static class ApiReference
{
    private const int NonceBytes = 16;

    public static void MapApiReference(this WebApplication app) =>
        app.MapScalarApiReference("/reference", Configure).AllowAnonymous();

    private static void Configure(ScalarOptions page, HttpContext context)
    {
        page.Title = "Platform";
        page.OpenApiRoutePattern = "/openapi.json";
        page.DefaultFonts = false;
        page.Telemetry = false;
        page.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        page.Agent = new ScalarAgentOptions { Disabled = true };
        page.Mcp = new ScalarMcpOptions { Disabled = true };
        page.HideClientButton = true;
        page.Nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        // the component styles itself from its script, for which there is no nonce
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{page.Nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
