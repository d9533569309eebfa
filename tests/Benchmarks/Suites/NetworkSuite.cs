using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Platform.Benchmarks.Harness;
using Platform.Connections;
using Platform.Connections.Network;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;
using Platform.Testing.Graphs;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// The network as the connections service serves it, over a store on SQLite: how fast the index loads from the store and from its
/// file, what a batch of degrees costs over gRPC beside a bare echo of as many bytes, and when a change is visible.
/// </summary>
public sealed class NetworkSuite(TestIdentity identity, string folder)
{
    private const int Targets = 1_000;
    private const int Changes = 200;
    private const int InFlight = 16;

    private string File => Path.Combine(folder, "connections.db");

    private string Snapshot => Path.Combine(folder, "network.snapshot");

    private IEnumerable<KeyValuePair<string, string?>> Settings =>
        identity.Settings.Concat([
            new("Storage:Engine", "Sqlite"),
            new("Storage:Path", File),
            new("Network:SnapshotPath", Snapshot),
        ]);

    /// <summary>Runs the suite; the exit code is 1 when a call failed or less than asked was reached.</summary>
    /// <param name="connections">How many connections are stored.</param>
    /// <param name="calls">Batches of degrees.</param>
    /// <param name="seed">Of all that is generated.</param>
    public static async Task<int> RunAsync(int connections, int calls, int seed)
    {
        using var folder = new TemporaryFolder();
        using var identity = new TestIdentity();
        var scale = RMat.ScaleFor(connections);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"R-MAT {RMat.Parameters}, seed {seed}: {connections:N0} connections, 2^{scale} members; {Environment.ProcessorCount} processors."
            )
        );
        var names = Enumerable.Range(0, 1 << scale).Select(GraphSuite.Name).ToArray();
        var pairs = Array.ConvertAll(
            RMat.Generate(scale, connections, seed),
            pair => (names[pair.One], names[pair.Other])
        );
        var suite = new NetworkSuite(identity, folder.Path);
        await SqliteGraph.FillAsync(suite.File, pairs);

        var findings = new List<Finding>
        {
            await suite.LoadAsync("load from SQLite", connections, 300_000),
            // what the first one left behind
            await suite.LoadAsync("start from the file and the store", connections, null),
        };
        var (figures, visible) = await suite.ServeAsync(pairs, names, calls, seed);
        findings.Add(visible);
        Finding.Print("the network, in the service", findings);
        var isComplete = Report.Print(
            $"the network over gRPC: {Targets:N0} targets a call, {calls:N0} calls, {InFlight} in flight",
            figures
        );
        return isComplete && findings.TrueForAll(finding => finding.Met != false) ? 0 : 1;
    }

    private async Task<Finding> LoadAsync(string name, int connections, double? asked)
    {
        await using var app = ConnectionsApp.Build(
            [$"--urls=http://127.0.0.1:{Ports.Free()}"],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Configuration.AddInMemoryCollection(Settings);
            }
        );
        var index = app.Services.GetRequiredService<NetworkIndex>();
        var raw = Timing.Seconds(() => SqliteGraph.Read(File));
        // of processor time: one thread reads, and the machine may have others to do for
        var begin = Environment.CpuUsage.TotalTime;
        await app.StartAsync();
        await index.Ready;
        var rate = connections / (Environment.CpuUsage.TotalTime - begin).TotalSeconds;
        if (index.Current.Edges != connections)
        {
            throw new InvalidOperationException("The index does not hold all connections.");
        }
        await app.StopAsync();
        return new Finding(
            name,
            rate / 1e6,
            "M connections/s",
            connections / raw / 1e6,
            "reading the index of lists by itself, row by row",
            asked is null ? "" : "at least 0.3 M/s",
            asked is null ? null : rate >= asked
        );
    }

    private async Task<(IReadOnlyList<Figure>, Finding)> ServeAsync(
        (string One, string Other)[] pairs,
        string[] names,
        int calls,
        int seed
    )
    {
        var port = Ports.Free();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var invoker = new TokenCallInvoker(
            channel.CreateCallInvoker(),
            identity.Token("benchmarks", CallerRole.Service)
        );
        var client = new NetworkService.NetworkServiceClient(invoker);
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Beside("Platform.Connections.dll"),
            [
                $"--urls=http://127.0.0.1:{port}",
                .. Settings.Select(pair => $"--{pair.Key}={pair.Value}"),
            ],
            () => AnswersAsync(client)
        );
        var random = new Random(seed);
        // from the ends of random connections: who has many asks often
        var requests = random
            .GetItems(pairs, 64)
            .Select(pair => new BatchGetDegreesRequest
            {
                MemberId = pair.One,
                OtherIds = { random.GetItems(names, Targets) },
            })
            .ToArray();
        var answer = await client.BatchGetDegreesAsync(requests[0]);
        await using var echo = await EchoProcess.StartAsync();
        var bytes = EchoService.Request(requests[0].CalculateSize(), answer.CalculateSize());
        var small = EchoService.Request(16, answer.CalculateSize());
        var limit = await Load.RunAsync(
            $"bare echo, {bytes.Length:N0} bytes there and {answer.CalculateSize():N0} back",
            echo.Server,
            calls,
            InFlight,
            async _ => await EchoService.CallAsync(echo.Invoker, bytes)
        );
        IReadOnlyList<Figure> figures =
        [
            limit,
            await Load.RunAsync(
                "bare echo, 16 bytes there and as many back",
                echo.Server,
                calls,
                InFlight,
                async _ => await EchoService.CallAsync(echo.Invoker, small),
                limit.Name
            ),
            await Load.RunAsync(
                "batch of degrees",
                server,
                calls,
                InFlight,
                async index => await client.BatchGetDegreesAsync(requests[index % requests.Length]),
                limit.Name
            ),
            await Load.RunAsync(
                "one degree",
                server,
                calls * 4,
                InFlight,
                async index =>
                    await client.GetDegreeAsync(
                        new GetDegreeRequest
                        {
                            MemberId = requests[index % requests.Length].MemberId,
                            OtherId = names[index % names.Length],
                        }
                    )
            ),
        ];
        return (
            figures,
            await VisibleAsync(client, new InvitationsService.InvitationsServiceClient(invoker))
        );
    }

    // from the answer to the change to the first answer that holds it, asked for without a revision
    private static async Task<Finding> VisibleAsync(
        NetworkService.NetworkServiceClient network,
        InvitationsService.InvitationsServiceClient invitations
    )
    {
        var times = new List<double>();
        for (var change = 0; change < Changes; change++)
        {
            var (one, other) = ($"one-{change}", $"other-{change}");
            foreach (var (inviter, invitee) in new[] { (one, other), (other, one) })
            {
                await invitations.SendInvitationAsync(
                    new SendInvitationRequest { MemberId = inviter, InviteeId = invitee }
                );
            }
            var clock = Stopwatch.StartNew();
            var request = new GetDegreeRequest { MemberId = one, OtherId = other };
            while ((await network.GetDegreeAsync(request)).Degree != Degree.First) { }
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        times.Sort();
        var median = times[times.Count / 2];
        return new Finding(
            "a change is visible after its answer, in the median",
            median,
            "ms",
            times[^1],
            "the slowest of 200",
            "at most 250 ms",
            median <= 250
        );
    }

    private static async Task<bool> AnswersAsync(NetworkService.NetworkServiceClient client)
    {
        try
        {
            await client.GetNetworkStatsAsync(new GetNetworkStatsRequest { MemberId = "a" });
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
