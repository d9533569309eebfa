using Grpc.Core;
using Grpc.Net.Client;
using Platform.Feed.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Benchmarks.Suites;

/// <summary>The feed with follows and connections behind it, each in a process of its own: posts in SQLite, timelines and follows in Redis.</summary>
public sealed class FeedServices : IAsyncDisposable
{
    private readonly List<ServerProcess> _processes = [];
    private readonly GrpcChannel _channel;

    private FeedServices(string address, string token)
    {
        _channel = GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions
            {
                // more streams than one connection takes
                HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
                DisposeHttpClient = true,
            }
        );
        Invoker = new TokenCallInvoker(_channel.CreateCallInvoker(), token);
        HomeFeed = new HomeFeedService.HomeFeedServiceClient(Invoker);
        Posts = new PostsService.PostsServiceClient(Invoker);
    }

    /// <summary>Calls the feed as a service that may act for all.</summary>
    public CallInvoker Invoker { get; }

    public HomeFeedService.HomeFeedServiceClient HomeFeed { get; }

    public PostsService.PostsServiceClient Posts { get; }

    /// <summary>The feed's process, for its processor time.</summary>
    public ServerProcess Server => _processes[^1];

    /// <summary>Starts all three.</summary>
    public static async Task<FeedServices> StartAsync(
        TestIdentity identity,
        TemporaryFolder folder,
        string redis
    )
    {
        var (connections, follows, feed) = (Address(), Address(), Address());
        var services = new FeedServices(
            feed,
            identity.Token("benchmarks", CallerRole.Service, tier: "bulk")
        );
        try
        {
            await services.StartAsync(
                identity,
                "Platform.Connections.dll",
                connections,
                ("Storage:Path", folder.File("connections.db"))
            );
            await services.StartAsync(
                identity,
                "Platform.Follows.dll",
                follows,
                ("Redis:ConnectionString", redis),
                ("Services:Connections:Address", connections)
            );
            await services.StartAsync(
                identity,
                "Platform.Feed.dll",
                feed,
                ("Storage:Path", folder.File("posts.db")),
                ("Redis:ConnectionString", redis),
                ("Services:Connections:Address", connections),
                ("Services:Follows:Address", follows)
            );
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        // the feed first: it asks the others
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }
    }

    private async Task StartAsync(
        TestIdentity identity,
        string assembly,
        string address,
        params (string Key, string Value)[] settings
    )
    {
        using var client = new HttpClient
        {
            BaseAddress = new Uri(address),
            DefaultRequestVersion = new Version(2, 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _processes.Add(
            await ServerProcess.StartAsync(
                ServerProcess.Beside(assembly),
                [
                    $"--urls={address}",
                    .. identity.Settings.Select(pair => $"--{pair.Key}={pair.Value}"),
                    .. settings.Select(pair => $"--{pair.Key}={pair.Value}"),
                ],
                async () =>
                {
                    try
                    {
                        // any answer will do: it listens
                        using var response = await client.GetAsync(new Uri("/", UriKind.Relative));
                        return true;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                }
            )
        );
    }

    private static string Address() => $"http://127.0.0.1:{Ports.Free()}";
}
