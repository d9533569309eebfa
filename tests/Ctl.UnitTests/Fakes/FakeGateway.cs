using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>A gateway on real Kestrel: tokens and health over HTTP/1.1, the services over h2c.</summary>
public sealed class FakeGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeGateway(WebApplication app)
    {
        _app = app;
        var addresses = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses;
        Http = addresses.First();
        Grpc = addresses.Last();
    }

    public string Http { get; }

    public string Grpc { get; }

    public FakeState State => _app.Services.GetRequiredService<FakeState>();

    public static async Task<FakeGateway> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(
                System.Net.IPAddress.Loopback,
                0,
                listen => listen.Protocols = HttpProtocols.Http1
            );
            kestrel.Listen(
                System.Net.IPAddress.Loopback,
                0,
                listen => listen.Protocols = HttpProtocols.Http2
            );
        });
        builder.Services.AddSingleton<FakeState>();
        builder.Services.AddGrpc();
        var app = builder.Build();
        app.MapPost("/dev/token", Token);
        app.MapGet("/health", (FakeState state) => Results.StatusCode(state.Healthy ? 200 : 503));
        app.MapGrpcService<FakeInvitationsService>();
        app.MapGrpcService<FakeConnectionsService>();
        app.MapGrpcService<FakeBlocksService>();
        app.MapGrpcService<FakeMembersService>();
        app.MapGrpcService<FakeSettingsService>();
        app.MapGrpcService<FakeNetworkService>();
        app.MapGrpcService<FakePostsService>();
        app.MapGrpcService<FakeHomeFeedService>();
        app.MapGrpcService<FakeFeedOperationsService>();
        await app.StartAsync();
        return new FakeGateway(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static IResult Token(Dictionary<string, string> body, FakeState state) =>
        state.MintsTokens
            ? Results.Ok(
                new Dictionary<string, string> { ["token"] = $"{body["role"]} {body["member_id"]}" }
            )
            : Results.NotFound();
}
