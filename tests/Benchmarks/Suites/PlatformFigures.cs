using Grpc.Core;
using Grpc.Net.Client;
using Platform.Benchmarks.Harness;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Testing;

namespace Platform.Benchmarks.Suites;

/// <summary>What is measured of a running platform that holds a graph, beside a bare echo on the same machine in the same run.</summary>
public sealed class PlatformFigures : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;
    private readonly ServerProcess? _server;
    private readonly EchoProcess _echo;

    /// <param name="gateway">Its gRPC address.</param>
    /// <param name="token">A token that acts for every member.</param>
    /// <param name="server">Its process, for the processor time; null where there are several, in containers.</param>
    /// <param name="echo">The limit.</param>
    public PlatformFigures(Uri gateway, string token, ServerProcess? server, EchoProcess echo)
    {
        _channel = GrpcChannel.ForAddress(gateway);
        _invoker = new TokenCallInvoker(_channel.CreateCallInvoker(), token);
        (_server, _echo) = (server, echo);
    }

    /// <summary>First-degree checks and home feed reads through the gateway.</summary>
    /// <param name="pairs">The graph.</param>
    /// <param name="calls">Calls a figure.</param>
    /// <param name="inFlight">Calls at a time.</param>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(
        IReadOnlyList<(string A, string B)> pairs,
        int calls,
        int inFlight
    ) =>
        [.. await ChecksAsync(pairs, calls, inFlight), .. await FeedsAsync(pairs, calls, inFlight)];

    public void Dispose() => _channel.Dispose();

    private async Task<IEnumerable<Figure>> ChecksAsync(
        IReadOnlyList<(string A, string B)> pairs,
        int calls,
        int inFlight
    )
    {
        var connections = new ConnectionsService.ConnectionsServiceClient(_invoker);
        CheckConnectionRequest Request(int index)
        {
            var (a, b) = pairs[index * 7919 % pairs.Count];
            return new CheckConnectionRequest { MemberId = a, OtherId = b };
        }
        var answer = await connections.CheckConnectionAsync(Request(0));
        if (answer.Status != ConnectionStatus.Connected)
        {
            throw new InvalidOperationException("The imported graph is not there.");
        }
        var bytes = EchoService.Request(Request(0).CalculateSize(), answer.CalculateSize());
        var limit = await Load.RunAsync(
            "bare echo, size of a check",
            _echo.Server,
            calls,
            inFlight,
            async _ => await EchoService.CallAsync(_echo.Invoker, bytes)
        );
        var checks = await Load.RunAsync(
            "first-degree check through the gateway",
            _server,
            calls,
            inFlight,
            async index => await connections.CheckConnectionAsync(Request(index)),
            limit.Name
        );
        return [limit, checks];
    }

    private async Task<IEnumerable<Figure>> FeedsAsync(
        IReadOnlyList<(string A, string B)> pairs,
        int calls,
        int inFlight
    )
    {
        var posts = new PostsService.PostsServiceClient(_invoker);
        var feeds = new HomeFeedService.HomeFeedServiceClient(_invoker);
        var members = pairs.SelectMany(pair => new[] { pair.A, pair.B }).Distinct().ToList();
        var readers = members.Take(200).ToList();
        // first reads make the timelines, posts of everybody fill them
        await Parallel.ForEachAsync(readers, async (member, _) => await ReadAsync(feeds, member));
        await Parallel.ForEachAsync(
            members.SelectMany(member => Enumerable.Range(1, 3).Select(number => (member, number))),
            async (post, token) =>
                await posts.CreatePostAsync(
                    new CreatePostRequest
                    {
                        MemberId = post.member,
                        RequestId = $"bench-{post.member}-{post.number}",
                        Text =
                            $"Post {post.number} of member {post.member}, long enough to look like one. #benchmark",
                    },
                    cancellationToken: token
                )
        );
        var degree = members.ToDictionary(member => member, _ => 0);
        foreach (var (a, b) in pairs)
        {
            degree[a]++;
            degree[b]++;
        }
        var busiest = readers.MaxBy(member => degree[member])!;
        await Eventually.HoldsAsync(
            "the posts reach the home feeds",
            async () => (await ReadAsync(feeds, busiest)).Entries.Count == 20,
            TimeSpan.FromMinutes(2)
        );
        var answer = await ReadAsync(feeds, busiest);
        var bytes = EchoService.Request(8, answer.CalculateSize());
        var limit = await Load.RunAsync(
            $"bare echo, size of a feed page ({answer.CalculateSize():N0} B)",
            _echo.Server,
            calls,
            inFlight,
            async _ => await EchoService.CallAsync(_echo.Invoker, bytes)
        );
        var reads = await Load.RunAsync(
            "home feed page of 20 through the gateway",
            _server,
            calls,
            inFlight,
            async index => await ReadAsync(feeds, readers[index % readers.Count]),
            limit.Name
        );
        return [limit, reads];
    }

    private static AsyncUnaryCall<ListHomeFeedResponse> ReadAsync(
        HomeFeedService.HomeFeedServiceClient feeds,
        string member
    ) => feeds.ListHomeFeedAsync(new ListHomeFeedRequest { MemberId = member });
}
