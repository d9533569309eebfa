namespace Platform.Gateway;

/// <summary><c>GET /openapi.json</c>: the whole REST surface as OpenAPI 3.1, made of the contract and kept beside the program.</summary>
internal static class ApiDocument
{
    private const string File = "openapi.json";

    public static void MapApiDocument(this WebApplication app)
    {
        var path = Path.Combine(AppContext.BaseDirectory, File);
        app.MapGet(
                $"/{File}",
                (RequestDelegate)(
                    context =>
                    {
                        context.Response.ContentType = "application/json";
                        return context.Response.SendFileAsync(path, context.RequestAborted);
                    }
                )
            )
            .AllowAnonymous();
    }
}
