using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.ServiceDefaults.Identity;

namespace Platform.Testing;

/// <summary>Builds a service; every service has such a method, for example <c>ConnectionsApp.Build</c>.</summary>
public delegate WebApplication BuildService(
    string[] args,
    Action<WebApplicationBuilder>? configure
);

/// <summary>A service on a real Kestrel and a free loopback port, and clients of it.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;
    private readonly TestIdentity _identity;

    private RunningService(WebApplication app, TestIdentity identity)
    {
        _app = app;
        _identity = identity;
        Address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        _channel = GrpcChannel.ForAddress(Address);
    }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:41234</c>.</summary>
    public string Address { get; }

    /// <summary>The service's own objects, to reach into its store or clock.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a service with the given settings on top of those of the identity.</summary>
    /// <param name="time">The clock it uses; the system's when null.</param>
    public static async Task<RunningService> StartAsync(
        BuildService build,
        TestIdentity identity,
        IEnumerable<KeyValuePair<string, string?>> settings,
        TimeProvider? time = null
    )
    {
        var app = build(
            [],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(identity.Settings);
                // nobody chooses among replicas; who tests that sets it
                builder.Configuration["Shutdown:DrainTime"] = "00:00:00";
                builder.Configuration.AddInMemoryCollection(settings);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                if (time is not null)
                {
                    builder.Services.TryAddSingleton(time);
                }
            }
        );
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new RunningService(app, identity);
    }

    /// <summary>A call invoker that acts as a member; give it to a generated client.</summary>
    public CallInvoker As(string member, string tier = "") =>
        WithToken(_identity.Token(member, tier: tier));

    /// <summary>A call invoker of a service's token.</summary>
    public CallInvoker AsService(string name = "tests") =>
        WithToken(_identity.Token(name, CallerRole.Service));

    /// <summary>A call invoker of an operator's token.</summary>
    public CallInvoker AsOperator(string name = "operator") =>
        WithToken(_identity.Token(name, CallerRole.Operator));

    /// <summary>A call invoker with any token, or with none when null.</summary>
    public CallInvoker WithToken(string? token) =>
        new TokenCallInvoker(_channel.CreateCallInvoker(), token);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
