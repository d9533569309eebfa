using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Benchmarks.Harness;
using Platform.Connections;
using Platform.Connections.Invitations;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// The connections service by itself: first-degree checks over gRPC beside a bare echo, with few and with many relationships
/// stored, and invitations (decided, held to limits and stored) beside raw transactions of one row on the same engine.
/// </summary>
public sealed class ConnectionsSuite(
    TestIdentity identity,
    EchoProcess echo,
    int calls,
    int inFlight
)
{
    private const int Few = 10_000;
    private const int RowBytes = 400;

    // invitations of one member
    private const int Sent = 50;

    /// <summary>Runs the suite; the exit code is 1 when a call failed.</summary>
    /// <param name="calls">Calls a figure.</param>
    /// <param name="inFlight">Calls at a time.</param>
    /// <param name="relationships">How many are many.</param>
    /// <param name="mongo">
    /// A MongoDB to measure too; null for SQLite alone. Two databases of this run's own are made there and dropped.
    /// </param>
    public static async Task<int> RunAsync(
        int calls,
        int inFlight,
        int relationships,
        string? mongo
    )
    {
        using var folder = new TemporaryFolder();
        using var identity = new TestIdentity();
        await using var echo = await EchoProcess.StartAsync();
        var suite = new ConnectionsSuite(identity, echo, calls, inFlight);
        var figures = new List<Figure>();
        foreach (var stored in new[] { Few, relationships }.Distinct())
        {
            var graph = new SyntheticGraph(stored);
            var file = folder.File($"{stored}.db");
            await SqliteGraph.FillAsync(file, graph);
            figures.AddRange(
                await suite.ChecksAsync($"SQLite, {stored:N0} stored", Sqlite(file), graph)
            );
        }
        figures.AddRange(
            await suite.InvitationsAsync(
                "SQLite",
                Sqlite(folder.File("invitations.db")),
                suite.RawRowsAsync(folder.File("raw.db"))
            )
        );
        figures.Add(await suite.PairsAsync(Sqlite(folder.File("pairs.db"))));
        if (mongo is not null)
        {
            figures.AddRange(await suite.MongoAsync(mongo));
        }
        return Report.Print($"connections, {calls:N0} calls, {inFlight} in flight", figures)
            ? 0
            : 1;
    }

    private async Task<IReadOnlyList<Figure>> MongoAsync(string mongo)
    {
        var (database, raw) = ($"benchmarks-{Guid.NewGuid():n}", $"benchmarks-{Guid.NewGuid():n}");
        var settings = Mongo(mongo, database);
        using var client = new MongoClient(mongo);
        try
        {
            var graph = new SyntheticGraph(Few);
            await FillAsync(settings, graph);
            return
            [
                .. await ChecksAsync($"MongoDB, {Few:N0} stored", settings, graph),
                await RawFindAsync(client.GetDatabase(database), graph),
                .. await InvitationsAsync(
                    "MongoDB",
                    settings,
                    RawDocumentsAsync(client.GetDatabase(raw))
                ),
            ];
        }
        finally
        {
            await client.DropDatabaseAsync(database);
            await client.DropDatabaseAsync(raw);
        }
    }

    private async Task<IReadOnlyList<Figure>> ChecksAsync(
        string what,
        IReadOnlyDictionary<string, string?> settings,
        SyntheticGraph graph
    )
    {
        var port = Ports.Free();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var invoker = new TokenCallInvoker(
            channel.CreateCallInvoker(),
            identity.Token("benchmarks", CallerRole.Service)
        );
        var client = new ConnectionsService.ConnectionsServiceClient(invoker);
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Beside("Platform.Connections.dll"),
            [
                $"--urls=http://127.0.0.1:{port}",
                .. identity.Settings.Concat(settings).Select(pair => $"--{pair.Key}={pair.Value}"),
            ],
            () => AnswersAsync(client, new NetworkService.NetworkServiceClient(invoker))
        );
        var answer = await client.CheckConnectionAsync(Request(0));
        if (answer.Status != ConnectionStatus.Connected)
        {
            throw new InvalidOperationException("The graph is not there.");
        }
        var bytes = EchoService.Request(Request(0).CalculateSize(), answer.CalculateSize());
        var limit = await Load.RunAsync(
            $"bare echo ({what})",
            echo.Server,
            calls,
            inFlight,
            async _ => await EchoService.CallAsync(echo.Invoker, bytes)
        );
        return
        [
            limit,
            await Load.RunAsync(
                $"first-degree check ({what})",
                server,
                calls,
                inFlight,
                async index => await client.CheckConnectionAsync(Request(index)),
                limit.Name
            ),
        ];

        CheckConnectionRequest Request(int index)
        {
            var (low, high) = graph.At(index);
            return new CheckConnectionRequest { MemberId = low, OtherId = high };
        }
    }

    private async Task<IReadOnlyList<Figure>> InvitationsAsync(
        string engine,
        IReadOnlyDictionary<string, string?> settings,
        Task<Figure> raw
    )
    {
        var limit = await raw;
        await using var app = Build(settings);
        var handler = app.Services.GetRequiredService<InvitationsHandler>();
        var sent = -1;
        var inviters = 2 * inFlight;
        return
        [
            limit,
            await Load.RunAsync(
                $"invitation with its limits ({engine})",
                server: null,
                calls,
                inFlight,
                async _ =>
                {
                    var number = Interlocked.Increment(ref sent);
                    // In turn, so that nobody waits for what another call does for the same member, and others for each
                    // round, which is half of what the week allows.
                    var inviter = number % inviters + number / (inviters * Sent) * inviters;
                    await handler.SendAsync(
                        $"inviter-{inviter}",
                        tier: "",
                        new InvitationToSend(
                            $"invitee-{number}",
                            "We met at the conference in spring, at the talk on graphs.",
                            Context: null,
                            Request: null
                        ),
                        CancellationToken.None
                    );
                },
                limit.Name
            ),
        ];
    }

    // What part of an invitation is its one row, with all its indexes: written by the store alone, one transaction each.
    private async Task<Figure> PairsAsync(IReadOnlyDictionary<string, string?> settings)
    {
        await using var app = Build(settings);
        var store = app.Services.GetRequiredService<IConnectionStore>();
        var stored = -1;
        return await Load.RunAsync(
            "row of an invitation with its indexes, one a transaction (SQLite)",
            server: null,
            calls,
            inFlight: 1,
            async _ =>
            {
                var number = Interlocked.Increment(ref stored);
                await SampleConnection.InviteAsync(
                    store,
                    MemberPair.Of($"inviter-{number % (2 * inFlight)}", $"invitee-{number}")
                );
            }
        );
    }

    private async Task<Figure> RawRowsAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var make = connection.CreateCommand();
        make.CommandText =
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE rows (id INTEGER PRIMARY KEY, document BLOB NOT NULL)";
        await make.ExecuteNonQueryAsync();
        await using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO rows (document) VALUES ($document)";
        insert.Parameters.AddWithValue("$document", new byte[RowBytes]);
        // one after the other: an engine of one writer gains nothing by more
        return await Load.RunAsync(
            "raw transaction of one row (SQLite)",
            server: null,
            calls,
            inFlight: 1,
            _ =>
            {
                insert.ExecuteNonQuery();
                return Task.CompletedTask;
            }
        );
    }

    private async Task<Figure> RawFindAsync(IMongoDatabase database, SyntheticGraph graph)
    {
        var documents = database.GetCollection<BsonDocument>("relationships");
        return await Load.RunAsync(
            "raw find of one document by its key (MongoDB)",
            server: null,
            calls,
            inFlight,
            async index =>
            {
                var (low, high) = graph.At(index);
                await documents
                    .Find(new BsonDocument("_id", $"{low}|{high}"))
                    .FirstOrDefaultAsync();
            }
        );
    }

    private async Task<Figure> RawDocumentsAsync(IMongoDatabase database)
    {
        var documents = database
            .GetCollection<BsonDocument>("rows")
            .WithWriteConcern(WriteConcern.WMajority);
        return await Load.RunAsync(
            "raw insert of one document (MongoDB)",
            server: null,
            calls,
            inFlight,
            async _ =>
                await documents.InsertOneAsync(new BsonDocument("document", new byte[RowBytes]))
        );
    }

    private async Task FillAsync(
        IReadOnlyDictionary<string, string?> settings,
        SyntheticGraph graph
    )
    {
        await using var app = Build(settings);
        // makes the indexes
        await app.StartAsync();
        var store = app.Services.GetRequiredService<IConnectionStore>();
        await Parallel.ForAsync(
            0,
            graph.Pairs,
            async (index, _) =>
            {
                var (low, high) = graph[index];
                await SampleConnection.StoreAsync(store, MemberPair.Of(low, high));
            }
        );
        await app.StopAsync();
    }

    private WebApplication Build(IReadOnlyDictionary<string, string?> settings) =>
        ConnectionsApp.Build(
            [$"--urls=http://127.0.0.1:{Ports.Free()}"],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Configuration.AddInMemoryCollection(identity.Settings.Concat(settings));
            }
        );

    // the index of the network too: while it loads, its work would count as that of the checks
    private static async Task<bool> AnswersAsync(
        ConnectionsService.ConnectionsServiceClient client,
        NetworkService.NetworkServiceClient network
    )
    {
        try
        {
            await network.GetDegreeAsync(new GetDegreeRequest { MemberId = "a", OtherId = "b" });
            await client.CheckConnectionAsync(
                new CheckConnectionRequest { MemberId = "a", OtherId = "b" }
            );
            return true;
        }
        catch (Grpc.Core.RpcException)
        {
            return false;
        }
    }

    private static Dictionary<string, string?> Sqlite(string file) =>
        new() { ["Storage:Engine"] = "Sqlite", ["Storage:Path"] = file };

    private static Dictionary<string, string?> Mongo(string connectionString, string database) =>
        new()
        {
            ["Storage:Engine"] = "MongoDb",
            ["Storage:ConnectionString"] = connectionString,
            ["Storage:Database"] = database,
        };
}
