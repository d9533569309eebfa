using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client.Balancer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.ServiceDefaults.Clients;
using Platform.ServiceDefaults.Hosting;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

/// <summary>Clients of a service of several replicas, whose name is a headless service's: real servers, and names that the test gives.</summary>
public sealed class ReplicaBalancingTests : IAsyncLifetime
{
    private readonly TestIdentity _identity = new();
    private readonly Names _names = new();
    private readonly List<Replica> _replicas = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.Service.DisposeAsync();
        }
        _identity.Dispose();
    }

    [Fact]
    public async Task Call_NameOfTwoReplicas_UsesBoth_AndOneThatIsAdded_AndNoneThatIsGone()
    {
        var (first, second) = await StartTwoAsync();
        await using var provider = Provider();
        var client = provider.GetRequiredService<Health.HealthClient>();
        await CallUntilAsync(client, first, second);

        var third = await StartAsync();
        _names.Tell(second, third);
        await CallUntilAsync(client, second, third);
        var before = first.Calls;
        for (var i = 0; i < 20; i++)
        {
            await client.CheckAsync(new HealthCheckRequest());
        }
        Assert.Equal(before, first.Calls);
    }

    [Fact]
    public async Task Call_ReplicaThatDied_GoesToTheOther()
    {
        var (first, second) = await StartTwoAsync();
        await using var provider = Provider();
        var client = provider.GetRequiredService<Health.HealthClient>();
        await CallUntilAsync(client, first, second);

        _replicas.Remove(first);
        await first.Service.DisposeAsync();

        for (var i = 0; i < 20; i++)
        {
            await client.CheckAsync(new HealthCheckRequest());
        }
    }

    [Fact]
    public async Task Call_NameOfNobody_IsUnavailable_AndServesOnceSomebodyIsThere()
    {
        _names.Tell();
        await using var provider = Provider();
        var client = provider.GetRequiredService<Health.HealthClient>();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.CheckAsync(new HealthCheckRequest())
        );

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        var replica = await StartAsync();
        _names.Tell(replica);
        await Eventually.HoldsAsync(
            "the replica that came is called",
            async () =>
            {
                try
                {
                    await client.CheckAsync(new HealthCheckRequest());
                    return true;
                }
                catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable)
                {
                    return false;
                }
            }
        );
    }

    private static Task CallUntilAsync(Health.HealthClient client, params Replica[] replicas)
    {
        var before = replicas.Select(replica => replica.Calls).ToArray();
        return Eventually.HoldsAsync(
            "every replica is called",
            async () =>
            {
                await client.CheckAsync(new HealthCheckRequest());
                return replicas.Zip(before).All(pair => pair.First.Calls > pair.Second);
            }
        );
    }

    private ServiceProvider Provider()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["Services:Neighbour:Address"] = "http://neighbour.test:8080";
        builder.Services.AddSingleton<ResolverFactory>(_names);
        builder.AddCallersGrpcClient<Health.HealthClient>("Neighbour");
        return builder.Services.BuildServiceProvider();
    }

    private async Task<(Replica First, Replica Second)> StartTwoAsync()
    {
        var (first, second) = (await StartAsync(), await StartAsync());
        _names.Tell(first, second);
        return (first, second);
    }

    private async Task<Replica> StartAsync()
    {
        var replica = new Replica();
        replica.Service = await RunningService.StartAsync(replica.Build, _identity, []);
        _replicas.Add(replica);
        return replica;
    }

    private sealed class Replica
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public RunningService Service { get; set; } = null!;

        public WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure)
        {
            var app = PlatformApp.CreateBuilder("tests", args, configure).Build();
            app.Use(
                (context, next) =>
                {
                    Interlocked.Increment(ref _calls);
                    return next(context);
                }
            );
            app.MapServiceDefaults();
            return app;
        }
    }

    /// <summary>Stands where DNS does: says what the test tells it, at once.</summary>
    private sealed class Names : ResolverFactory
    {
        private BalancerAddress[] _addresses = [];
        private Action _refresh = () => { };

        public override string Name => "dns";

        public void Tell(params Replica[] replicas)
        {
            _addresses =
            [
                .. replicas
                    .Select(replica => new Uri(replica.Service.Address))
                    .Select(uri => new BalancerAddress(uri.Host, uri.Port)),
            ];
            _refresh();
        }

        public override Resolver Create(ResolverOptions options)
        {
            var resolver = new NameResolver(this, options.LoggerFactory);
            _refresh = resolver.Refresh;
            return resolver;
        }

        private sealed class NameResolver(Names names, ILoggerFactory logger)
            : PollingResolver(logger)
        {
            protected override Task ResolveAsync(CancellationToken cancellationToken)
            {
                Listener(
                    names._addresses is []
                        ? ResolverResult.ForFailure(
                            new Status(StatusCode.Unavailable, "no such name")
                        )
                        : ResolverResult.ForResult(names._addresses)
                );
                return Task.CompletedTask;
            }
        }
    }
}
