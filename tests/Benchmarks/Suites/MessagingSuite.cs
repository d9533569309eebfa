using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using HdrHistogram;
using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Benchmarks.Harness;
using Platform.Connections.V1;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// Messaging with connections behind it: sends beside a bare echo, with the gate asked every time and with its memory; pages of a short
/// and of a long conversation beside each other; and how long a message takes to a subscriber on another replica.
/// </summary>
public sealed class MessagingSuite(
    TestIdentity identity,
    EchoProcess echo,
    TemporaryFolder folder,
    MessagingFill fill,
    int calls,
    int inFlight
)
{
    private const int Relationships = 10_000;
    private const int Pairs = 1_000;
    private const int Short = 1_000;
    private const int PageSize = 50;
    private const string Text = "Shall we meet on Tuesday at five, at the library as always?";

    private readonly SyntheticGraph _graph = new(Relationships);

    /// <summary>Runs the suite; the exit code is 1 when a call failed.</summary>
    /// <param name="calls">Calls a figure.</param>
    /// <param name="inFlight">Calls at a time.</param>
    /// <param name="messages">How many messages a long conversation has.</param>
    /// <param name="subscriptions">How many streams are open while delivery is measured.</param>
    /// <param name="mongo">A MongoDB to measure too; null for SQLite alone.</param>
    public static async Task<int> RunAsync(
        int calls,
        int inFlight,
        int messages,
        int subscriptions,
        string? mongo
    )
    {
        using var folder = new TemporaryFolder();
        using var identity = new TestIdentity();
        await using var echo = await EchoProcess.StartAsync();
        var suite = new MessagingSuite(
            identity,
            echo,
            folder,
            new MessagingFill(messages),
            calls,
            inFlight
        );
        await using var connections = await suite.StartConnectionsAsync();
        var passed = await suite.MeasureAsync(
            "SQLite",
            new() { ["Storage:Path"] = folder.File("messages.db") },
            connections,
            subscriptions,
            (0.35, 0.45)
        );
        if (mongo is not null)
        {
            var database = $"benchmarks-{Guid.NewGuid():n}";
            using var client = new MongoClient(mongo);
            try
            {
                passed &= await suite.MeasureAsync(
                    "MongoDB",
                    new()
                    {
                        ["Storage:Engine"] = "MongoDb",
                        ["Storage:ConnectionString"] = mongo,
                        ["Storage:Database"] = database,
                        ["Storage:CommandTimeout"] = "00:00:10",
                    },
                    connections,
                    subscriptions,
                    (0.2, 0.45)
                );
            }
            finally
            {
                await client.DropDatabaseAsync(database);
            }
        }
        return passed ? 0 : 1;
    }

    /// <summary>Measures an engine and prints what it found at once: the next one may take long.</summary>
    private async Task<bool> MeasureAsync(
        string engine,
        Dictionary<string, string?> storage,
        Running connections,
        int subscriptions,
        (double Asked, double AskedWithMemory) sends
    )
    {
        var figures = new List<Figure>();
        var findings = new List<Finding>();
        foreach (
            var (what, memory, asked) in new[]
            {
                ("send", "00:00:00", sends.Asked),
                ("send, the gate remembers", "00:00:10", sends.AskedWithMemory),
            }
        )
        {
            await using var service = await StartMessagingAsync(
                storage,
                connections,
                new KeyValuePair<string, string?>("Gate:CacheTime", memory)
            );
            var ids = await StartPairsAsync(service);
            // by the time that the load is warm the record is followed, and answers are remembered
            var answer = await SendAsync(service, ids, 0);
            var limit = await EchoAsync(
                $"bare echo ({what}, {engine})",
                Request(ids, 0).CalculateSize(),
                answer.CalculateSize()
            );
            var sent = await Load.RunAsync(
                $"{what} ({engine})",
                service.Server,
                calls,
                inFlight,
                async index => await SendAsync(service, ids, index),
                limit.Name
            );
            figures.AddRange([limit, sent]);
            findings.Add(
                new Finding(
                    $"{what} ({engine})",
                    sent.Rate,
                    "calls/s",
                    limit.Rate,
                    "bare echo",
                    $">= {asked:0.00}",
                    sent.Rate / limit.Rate >= asked
                )
            );
        }
        if (storage.GetValueOrDefault("Storage:ConnectionString") is { } mongo)
        {
            await MeasureRawSendsAsync(mongo, storage["Storage:Database"]!, figures);
        }
        var passed = Report.Print(
            $"messaging on {engine}, sends: {calls:N0} calls, {inFlight} in flight",
            figures
        );
        figures.Clear();
        await MeasureDeliveryAsync(engine, storage, connections, subscriptions, findings);
        await MeasurePagesAsync(engine, storage, connections, figures, findings);
        passed &= Report.Print($"messaging on {engine}, pages", figures);
        Finding.Print($"messaging on {engine}, what is asked", findings);
        return passed;
    }

    /// <summary>
    /// The two writes that a send is at the least, without the service: a copy of the newest message, and a swap of the conversation's
    /// document. What the engine itself allows.
    /// </summary>
    private async Task MeasureRawSendsAsync(string mongo, string name, List<Figure> figures)
    {
        using var client = new MongoClient(mongo);
        var database = client.GetDatabase(name);
        var copies = database.GetCollection<BsonDocument>("raw_copies");
        var documents = database.GetCollection<BsonDocument>("raw_documents");
        await documents.InsertManyAsync(
            Enumerable
                .Range(0, Pairs)
                .Select(index => new BsonDocument { ["_id"] = index, ["number"] = 0 })
        );
        figures.Add(
            await Load.RunAsync(
                "raw insert and swap of a document (MongoDB)",
                server: null,
                calls,
                inFlight,
                async index =>
                {
                    await copies.InsertOneAsync(new BsonDocument("text", Text));
                    await documents.FindOneAndUpdateAsync(
                        new BsonDocument("_id", index % Pairs),
                        new BsonDocument
                        {
                            ["$inc"] = new BsonDocument("number", 1),
                            ["$set"] = new BsonDocument("text", Text),
                        }
                    );
                }
            )
        );
    }

    private async Task MeasurePagesAsync(
        string engine,
        Dictionary<string, string?> storage,
        Running connections,
        List<Figure> figures,
        List<Finding> findings
    )
    {
        var (small, large) = await fill.FillAsync(storage, _graph.At(1), _graph.At(2), Short);
        await using var service = await StartMessagingAsync(storage, connections);
        var pages = new List<Figure>();
        foreach (
            var (count, conversation, member) in new[]
            {
                (Short, small, _graph.At(1).Low),
                (fill.Messages, large, _graph.At(2).Low),
            }
        )
        {
            pages.Add(
                await Load.RunAsync(
                    $"page of {PageSize} of {count:N0} messages ({engine})",
                    service.Server,
                    calls / 4,
                    inFlight,
                    async index =>
                        await service.Messaging.ListMessagesAsync(
                            new ListMessagesRequest
                            {
                                MemberId = member,
                                ConversationId = conversation,
                                PageSize = PageSize,
                                // anywhere
                                StartNumber = PageSize + (index * 7919L % (count - PageSize)),
                            }
                        ),
                    pages.FirstOrDefault()?.Name
                )
            );
        }
        figures.AddRange(pages);
        findings.Add(
            new Finding(
                $"CPU of a page of {fill.Messages:N0} messages ({engine})",
                pages[1].CpuMicroseconds ?? 0,
                "us",
                pages[0].CpuMicroseconds,
                $"of {Short:N0} messages",
                "<= 1.30",
                pages[1].CpuMicroseconds <= 1.3 * pages[0].CpuMicroseconds
            )
        );
    }

    /// <summary>From before the send, on one replica, to the event in the hands of a subscriber, on another where there may be one.</summary>
    private async Task MeasureDeliveryAsync(
        string engine,
        Dictionary<string, string?> storage,
        Running connections,
        int subscriptions,
        List<Finding> findings
    )
    {
        const int Messages = 600;
        var pace = TimeSpan.FromMilliseconds(20);
        await using var redis = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());
        var hints = new KeyValuePair<string, string?>(
            "Redis:ConnectionString",
            redis.ConnectionString
        );
        await using var one = await StartMessagingAsync(storage, connections, hints);
        // on SQLite a service is one process
        await using var second = storage.ContainsKey("Storage:Path")
            ? null
            : await StartMessagingAsync(storage, connections, hints);
        var other = second ?? one;
        var where = second is null ? "the same replica" : "another replica";
        var ids = await StartPairsAsync(one);
        var begun = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var latencies = new ConcurrentBag<long>();
        using var enough = new CancellationTokenSource();
        // all at once is another question: how a replica takes those of one that died
        using var opening = new SemaphoreSlim(16);
        var (toOpen, toArrive) = (subscriptions, Messages);
        var (opened, arrived) = (NewSignal(), NewSignal());
        var streams = Enumerable.Range(0, subscriptions).Select(ReadAsync).ToArray();
        await opened.Task.WaitAsync(TimeSpan.FromMinutes(2));

        for (var index = 0; index < Messages; index++)
        {
            var pair = index % Math.Min(subscriptions, ids.Count);
            var text = $"message {index}";
            begun[text] = Stopwatch.GetTimestamp();
            var request = Request(ids, pair);
            request.Text = text;
            var sending = one.Messaging.SendMessageAsync(request);
            await Task.Delay(pace);
            await sending;
        }
        // what is late is counted; what has not come by then is told by how many came
        await Task.WhenAny(arrived.Task, Task.Delay(TimeSpan.FromSeconds(20), enough.Token));
        await enough.CancelAsync();
        await Task.WhenAll(streams);

        var histogram = new LongHistogram(TimeSpan.TicksPerHour, 3);
        foreach (var latency in latencies)
        {
            histogram.RecordValue(latency);
        }
        foreach (var (percentile, asked) in new[] { (50.0, 50.0), (99.0, 250.0) })
        {
            var measured = TimeSpan
                .FromTicks(histogram.GetValueAtPercentile(percentile))
                .TotalMilliseconds;
            findings.Add(
                new Finding(
                    $"delivery to {where}, {subscriptions:N0} streams, percentile {percentile:0}, {latencies.Count} of {Messages} ({engine})",
                    measured,
                    "ms",
                    Asked: $"< {asked:0} ms",
                    Met: measured < asked && latencies.Count == Messages
                )
            );
        }

        async Task ReadAsync(int index)
        {
            await opening.WaitAsync(enough.Token);
            var member = _graph.At(index % ids.Count).High;
            using var call = other.Messaging.Subscribe(
                new SubscribeRequest
                {
                    MemberId = member,
                    // each message to one stream, though members have several conversations
                    ConversationIds = { ids[index % ids.Count] },
                },
                cancellationToken: enough.Token
            );
            var isOpen = false;
            try
            {
                await foreach (var sent in call.ResponseStream.ReadAllAsync(enough.Token))
                {
                    if (!isOpen)
                    {
                        isOpen = true;
                        opening.Release();
                        if (Interlocked.Decrement(ref toOpen) == 0)
                        {
                            opened.TrySetResult();
                        }
                    }
                    if (
                        sent.MessageSent is { } message
                        && begun.TryGetValue(message.Text, out var started)
                    )
                    {
                        latencies.Add(Stopwatch.GetElapsedTime(started).Ticks);
                        if (Interlocked.Decrement(ref toArrive) == 0)
                        {
                            arrived.TrySetResult();
                        }
                    }
                }
            }
            catch (Exception exception)
                when (enough.IsCancellationRequested
                    && exception is RpcException or OperationCanceledException
                )
            {
                // measured
            }
            catch (RpcException exception)
            {
                // without it nobody would learn before the time is over why the rest does not come
                opened.TrySetException(exception);
                arrived.TrySetException(exception);
                throw;
            }
        }
    }

    // whoever gives it goes on reading
    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<Figure> EchoAsync(string name, int requestBytes, int answerBytes)
    {
        var bytes = EchoService.Request(requestBytes, answerBytes);
        return await Load.RunAsync(
            name,
            echo.Server,
            calls,
            inFlight,
            async _ => await EchoService.CallAsync(echo.Invoker, bytes)
        );
    }

    private async Task<Running> StartConnectionsAsync()
    {
        var file = folder.File("connections.db");
        await SqliteGraph.FillAsync(file, _graph);
        return await StartAsync(
            "Platform.Connections.dll",
            [new("Storage:Path", file)],
            async service =>
                await service.Connections.CheckConnectionAsync(
                    new CheckConnectionRequest { MemberId = "a", OtherId = "b" }
                )
        );
    }

    private Task<Running> StartMessagingAsync(
        Dictionary<string, string?> storage,
        Running connections,
        params KeyValuePair<string, string?>[] settings
    ) =>
        StartAsync(
            "Platform.Messaging.dll",
            [
                .. storage,
                new("Services:Connections:Address", connections.Address),
                new("Gate:Timeout", "00:00:05"),
                .. settings,
            ],
            async service =>
                await service.Messaging.GetUnreadCountsAsync(
                    new GetUnreadCountsRequest { MemberId = "a" }
                )
        );

    private async Task<Running> StartAsync(
        string assembly,
        IEnumerable<KeyValuePair<string, string?>> settings,
        Func<Running, Task> ask
    )
    {
        var address = $"http://127.0.0.1:{Ports.Free()}";
        var running = new Running(
            address,
            identity.Token("benchmarks", CallerRole.Service, tier: "bulk")
        );
        running.Server = await ServerProcess.StartAsync(
            ServerProcess.Beside(assembly),
            [
                $"--urls={address}",
                .. identity.Settings.Concat(settings).Select(pair => $"--{pair.Key}={pair.Value}"),
            ],
            async () =>
            {
                try
                {
                    await ask(running);
                    return true;
                }
                catch (RpcException)
                {
                    return false;
                }
            }
        );
        return running;
    }

    private async Task<IReadOnlyList<string>> StartPairsAsync(Running service)
    {
        var ids = new string[Pairs];
        await Parallel.ForAsync(
            0,
            Pairs,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (index, cancellationToken) =>
            {
                var (low, high) = _graph.At(index);
                var started = await service.Messaging.StartConversationAsync(
                    new StartConversationRequest { MemberId = low, OtherMemberIds = { high } },
                    cancellationToken: cancellationToken
                );
                ids[index] = started.Conversation.ConversationId;
            }
        );
        return ids;
    }

    private async Task<SendMessageResponse> SendAsync(
        Running service,
        IReadOnlyList<string> ids,
        int index
    ) => await service.Messaging.SendMessageAsync(Request(ids, index));

    private SendMessageRequest Request(IReadOnlyList<string> ids, int index) =>
        new()
        {
            MemberId = _graph.At(index % ids.Count).Low,
            ConversationId = ids[index % ids.Count],
            Text = Text,
        };

    /// <summary>A service in a process of its own.</summary>
    private sealed class Running(string address, string token) : IAsyncDisposable
    {
        private readonly GrpcChannel _channel = GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions
            {
                // more streams than one connection takes
                HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
                DisposeHttpClient = true,
            }
        );

        public string Address => address;

        public ServerProcess Server { get; set; } = null!;

        public MessagingService.MessagingServiceClient Messaging => new(Invoker);

        public ConnectionsService.ConnectionsServiceClient Connections => new(Invoker);

        private TokenCallInvoker Invoker => new(_channel.CreateCallInvoker(), token);

        public async ValueTask DisposeAsync()
        {
            _channel.Dispose();
            await Server.DisposeAsync();
        }
    }
}
