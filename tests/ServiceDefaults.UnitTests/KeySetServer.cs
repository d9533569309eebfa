using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Tests.ServiceDefaults;

/// <summary>An issuer's addresses on loopback: its key set and its metadata, which can change or fail, and count who asks.</summary>
internal sealed class KeySetServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile string _keys = """{"keys":[]}""";
    private int _reads;

    private KeySetServer(WebApplication app) => _app = app;

    public string KeysUrl => $"{_app.Urls.First()}/keys";

    public string MetadataUrl => $"{_app.Urls.First()}/.well-known/openid-configuration";

    /// <summary>The <c>issuer</c> of the metadata.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Answers 503 from now on.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often the keys were asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public static async Task<KeySetServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new KeySetServer(app);
        app.MapGet("/keys", server.Answer);
        app.MapGet(
            "/.well-known/openid-configuration",
            () =>
                Results.Text($$"""{"issuer":"{{server.Issuer}}","jwks_uri":"{{server.KeysUrl}}"}""")
        );
        await app.StartAsync();
        return server;
    }

    /// <summary>Serves these public keys from now on.</summary>
    public void Publish(params ECDsaSecurityKey[] keys) =>
        _keys = $$"""{"keys":[{{string.Join(",", keys.Select(Json))}}]}""";

    /// <summary>Serves any text from now on.</summary>
    public void Publish(string text) => _keys = text;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private IResult Answer()
    {
        Interlocked.Increment(ref _reads);
        return IsDown ? Results.StatusCode(503) : Results.Text(_keys, "application/json");
    }

    private static string Json(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return $$"""{"kty":"EC","crv":"P-256","use":"sig","kid":"{{key.KeyId}}","x":"{{Base64UrlEncoder.Encode(
            point.X
        )}}","y":"{{Base64UrlEncoder.Encode(point.Y)}}"}""";
    }
}
