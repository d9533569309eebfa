using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Platform.Benchmarks.Harness;
using Platform.Relationships.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;
using Platform.Testing.Graphs;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// <c>RelationshipsService.BatchGet</c> of 100 members, all parts, from connections on SQLite and follows on Redis, each in a process
/// of its own, beside a bare echo of as many bytes.
/// </summary>
public static class RelationshipsSuite
{
    private const int Targets = 100;
    private const int InFlight = 64;
    private const int Connections = 100_000;
    private const double Asked = 0.1;

    private static readonly RelationshipPart[] Parts =
    [
        .. Enum.GetValues<RelationshipPart>().Where(part => part != RelationshipPart.Unspecified),
    ];

    /// <summary>Runs the suite; the exit code is 1 when a call failed, there is no Redis, or less than asked was reached.</summary>
    /// <param name="calls">Calls a figure.</param>
    /// <param name="seed">Of the members.</param>
    public static async Task<int> RunAsync(int calls, int seed)
    {
        var (redis, problem) = await RedisProcess.StartAsync();
        if (redis is null)
        {
            Console.WriteLine($"relationships are skipped: {problem}");
            return 1;
        }
        using var identity = new TestIdentity();
        await using var echo = await EchoProcess.StartAsync();
        await using var _ = redis;
        using var folder = new TemporaryFolder();
        var scale = RMat.ScaleFor(Connections);
        var names = Enumerable.Range(0, 1 << scale).Select(GraphSuite.Name).ToArray();
        var pairs = Array.ConvertAll(
            RMat.Generate(scale, Connections, seed),
            pair => (One: names[pair.One], Other: names[pair.Other])
        );
        var file = Path.Combine(folder.Path, "connections.db");
        await SqliteGraph.FillAsync(file, pairs);
        var (connectionsPort, followsPort) = (Ports.Free(), Ports.Free());
        await using var connections = await StartAsync(
            "Platform.Connections.dll",
            connectionsPort,
            [
                "--Storage:Engine=Sqlite",
                $"--Storage:Path={file}",
                .. identity.Settings.Select(pair => $"--{pair.Key}={pair.Value}"),
            ]
        );
        await using var follows = await StartAsync(
            "Platform.Follows.dll",
            followsPort,
            [
                $"--Redis:ConnectionString={redis.ConnectionString}",
                $"--Services:Connections:Address=http://127.0.0.1:{connectionsPort}",
                .. identity.Settings.Select(pair => $"--{pair.Key}={pair.Value}"),
            ]
        );
        await using var gateway = await GatewayProcess.StartAsync(
            identity,
            [
                $"--Services:Connections:Address=http://127.0.0.1:{connectionsPort}",
                $"--Services:Follows:Address=http://127.0.0.1:{followsPort}",
                // a load of one caller, not held to its rate
                "--Gateway:ServiceRate:PerSecond=1000000",
                "--Gateway:ServiceRate:Burst=1000000",
            ],
            IsCompleteAsync
        );
        var client = new RelationshipsService.RelationshipsServiceClient(
            gateway.Invoker(identity.Token("benchmarks", CallerRole.Service))
        );
        var random = new Random(seed);
        // from the ends of random connections: who has many asks often
        var requests = random
            .GetItems(pairs, 64)
            .Select(pair => new BatchGetRequest
            {
                MemberId = pair.One,
                TargetIds = { random.GetItems(names, Targets) },
            })
            .ToArray();
        var answer = await client.BatchGetAsync(requests[0]);
        if (!answer.Completeness.Complete)
        {
            throw new InvalidOperationException($"Not complete: {answer.Completeness}.");
        }
        var bytes = EchoService.Request(requests[0].CalculateSize(), answer.CalculateSize());
        var limit = await Load.RunAsync(
            $"bare echo, {bytes.Length:N0} bytes there and {answer.CalculateSize():N0} back",
            echo.Server,
            calls,
            InFlight,
            async _ => await EchoService.CallAsync(echo.Invoker, bytes)
        );
        var batch = await Load.RunAsync(
            $"BatchGet of {Targets}, CPU of the gateway",
            gateway.Server,
            calls,
            InFlight,
            async index => await client.BatchGetAsync(requests[index % requests.Length]),
            limit.Name
        );
        var good = Report.Print(
            $"relationships, {calls:N0} calls, {InFlight} in flight",
            [limit, batch]
        );
        await PrintPartsAsync(
            client,
            requests,
            calls / 4,
            [("gateway", gateway.Server), ("connections", connections), ("follows", follows)]
        );
        var finding = new Finding(
            $"relationships of {Targets} members",
            batch.Rate,
            "calls/s",
            limit.Rate,
            "bare echo of as many bytes",
            $"at least {Asked}",
            batch.Rate >= Asked * limit.Rate
        );
        Finding.Print("relationships, what is asked for", [finding]);
        return good && finding.Met != false ? 0 : 1;
    }

    /// <summary>Asks for each part alone, and tells what it cost each service.</summary>
    private static async Task PrintPartsAsync(
        RelationshipsService.RelationshipsServiceClient client,
        IReadOnlyList<BatchGetRequest> requests,
        int calls,
        IReadOnlyList<(string Name, ServerProcess Server)> servers
    )
    {
        Console.WriteLine();
        Console.WriteLine(
            $"## processor time of each service, us/call, {calls:N0} calls, {InFlight} in flight"
        );
        Console.WriteLine();
        Console.WriteLine($"| part | {string.Join(" | ", servers.Select(one => one.Name))} |");
        Console.WriteLine($"| --- |{string.Concat(servers.Select(_ => " --- |"))}");
        foreach (
            var parts in (RelationshipPart[][])[Parts, .. Parts.Select(part => new[] { part })]
        )
        {
            var asked = requests
                .Select(request =>
                {
                    var some = request.Clone();
                    some.Parts.Add(parts);
                    return some;
                })
                .ToArray();
            // each part has run before, among all of them
            var before = servers.Select(one => one.Server.ProcessorTime).ToArray();
            await Parallel.ForAsync(
                0,
                calls,
                new ParallelOptions { MaxDegreeOfParallelism = InFlight },
                async (index, cancel) =>
                    await client.BatchGetAsync(
                        asked[index % asked.Length],
                        cancellationToken: cancel
                    )
            );
            var costs = servers.Select(
                (one, at) => (one.Server.ProcessorTime - before[at]).TotalMicroseconds / calls
            );
            Console.WriteLine(
                $"| {(parts.Length > 1 ? "all" : parts[0])} | {string.Join(" | ", costs.Select(cost => cost.ToString("0", CultureInfo.InvariantCulture)))} |"
            );
        }
    }

    private static async Task<ServerProcess> StartAsync(
        string assembly,
        int port,
        IReadOnlyList<string> settings
    )
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var health = new Grpc.Health.V1.Health.HealthClient(channel);
        return await ServerProcess.StartAsync(
            ServerProcess.Beside(assembly),
            [$"--urls=http://127.0.0.1:{port}", .. settings],
            async () =>
            {
                try
                {
                    var answer = await health.CheckAsync(new());
                    return answer.Status
                        == Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving;
                }
                catch (RpcException)
                {
                    return false;
                }
            }
        );
    }

    private static async Task<bool> IsCompleteAsync(CallInvoker invoker)
    {
        try
        {
            var answer = await new RelationshipsService.RelationshipsServiceClient(
                invoker
            ).BatchGetAsync(new BatchGetRequest { TargetIds = { "other" } });
            return answer.Completeness.Complete;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
