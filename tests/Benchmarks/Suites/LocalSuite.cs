using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Platform.Benchmarks.Harness;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Testing;

namespace Platform.Benchmarks.Suites;

/// <summary>deploy/local as a newcomer runs it, on a real graph, beside a bare echo.</summary>
public static class LocalSuite
{
    /// <summary>Runs the suite; the exit code is 1 when a call failed.</summary>
    public static async Task<int> RunAsync(FileInfo edges, int calls, int inFlight)
    {
        if (!edges.Exists)
        {
            Console.Error.WriteLine(
                $"error: {edges.FullName} is not there; any list of `a b` pairs will do."
            );
            return 2;
        }
        using var folder = new TemporaryFolder();
        int http = FreePort(),
            grpc = FreePort(),
            echoPort = FreePort();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") };
        await using var platform = await ServerProcess.StartAsync(
            Beside("Platform.Local.dll"),
            ["--data", folder.Path, "--http-port", $"{http}", "--grpc-port", $"{grpc}"],
            () => IsHealthyAsync(client)
        );
        await using var echo = await ServerProcess.StartAsync(
            Beside("Benchmarks.dll"),
            ["echo", $"{echoPort}"],
            () => AnswersAsync(echoPort)
        );
        await ImportAsync(edges, http, grpc);

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpc}");
        using var echoChannel = GrpcChannel.ForAddress($"http://127.0.0.1:{echoPort}");
        var invoker = new TokenCallInvoker(channel.CreateCallInvoker(), await TokenAsync(client));
        var pairs = ReadEdges(edges);
        var figures = new List<Figure>();
        figures.AddRange(
            await ChecksAsync(
                platform,
                echo,
                invoker,
                echoChannel.CreateCallInvoker(),
                pairs,
                calls,
                inFlight
            )
        );
        figures.AddRange(
            await FeedsAsync(
                platform,
                echo,
                invoker,
                echoChannel.CreateCallInvoker(),
                pairs,
                calls,
                inFlight
            )
        );
        var good = Report.Print(
            $"deploy/local, {edges.Name}, {calls:N0} calls, {inFlight} in flight",
            figures
        );
        Console.WriteLine(
            $"\nresident memory of deploy/local afterwards: {platform.ResidentBytes / 1e6:N0} MB"
        );
        return good ? 0 : 1;
    }

    private static async Task<IEnumerable<Figure>> ChecksAsync(
        ServerProcess platform,
        ServerProcess echo,
        CallInvoker invoker,
        CallInvoker echoInvoker,
        IReadOnlyList<(string A, string B)> pairs,
        int calls,
        int inFlight
    )
    {
        var connections = new ConnectionsService.ConnectionsServiceClient(invoker);
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
            echo,
            calls,
            inFlight,
            async _ => await EchoService.CallAsync(echoInvoker, bytes)
        );
        var checks = await Load.RunAsync(
            "first-degree check through the gateway",
            platform,
            calls,
            inFlight,
            async index => await connections.CheckConnectionAsync(Request(index)),
            limit.Name
        );
        return [limit, checks];
    }

    private static async Task<IEnumerable<Figure>> FeedsAsync(
        ServerProcess platform,
        ServerProcess echo,
        CallInvoker invoker,
        CallInvoker echoInvoker,
        IReadOnlyList<(string A, string B)> pairs,
        int calls,
        int inFlight
    )
    {
        var posts = new PostsService.PostsServiceClient(invoker);
        var feeds = new HomeFeedService.HomeFeedServiceClient(invoker);
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
            echo,
            calls,
            inFlight,
            async _ => await EchoService.CallAsync(echoInvoker, bytes)
        );
        var reads = await Load.RunAsync(
            "home feed page of 20 through the gateway",
            platform,
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

    private static async Task ImportAsync(FileInfo edges, int http, int grpc)
    {
        var start = new ProcessStartInfo("dotnet");
        foreach (
            var argument in new[]
            {
                // what lies beside it was resolved for this program's frameworks, not for its own
                "exec",
                "--runtimeconfig",
                Beside("Benchmarks.runtimeconfig.json"),
                "--depsfile",
                Beside("Benchmarks.deps.json"),
                Beside("platformctl.dll"),
                "import",
                "--edges",
                edges.FullName,
                "--http",
                $"http://127.0.0.1:{http}",
                "--grpc",
                $"http://127.0.0.1:{grpc}",
            }
        )
        {
            start.ArgumentList.Add(argument);
        }
        using var import = Process.Start(start)!;
        await import.WaitForExitAsync();
        if (import.ExitCode != 0)
        {
            throw new InvalidOperationException($"The import ended with {import.ExitCode}.");
        }
    }

    private static List<(string A, string B)> ReadEdges(FileInfo edges) =>
        [
            .. File.ReadLines(edges.FullName)
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length == 2 && words[0][0] is not ('#' or '%'))
                .Select(words => (words[0], words[1])),
        ];

    private static async Task<string> TokenAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync(
            new Uri("/dev/token", UriKind.Relative),
            new
            {
                member_id = "benchmarks",
                role = "service",
                tier = "bulk",
            }
        );
        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return body.GetProperty("token").GetString()!;
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
            await EchoService.CallAsync(channel.CreateCallInvoker(), EchoService.Request(4, 4));
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Beside(string assembly) =>
        Path.Combine(AppContext.BaseDirectory, assembly);
}
