using System.CommandLine;
using System.Globalization;
using Platform.Benchmarks.Harness;
using Platform.Benchmarks.Suites;

var edges = new Option<FileInfo>("--edges")
{
    Description = "An edge list, one `a b` pair a line.",
    Required = true,
}.AcceptExistingOnly();
var calls = new Option<int>("--calls")
{
    Description = "Calls a figure.",
    DefaultValueFactory = _ => 10_000,
};
var inFlight = new Option<int>("--in-flight")
{
    Description = "Calls at a time.",
    DefaultValueFactory = _ => 64,
};
var local = new Command(
    "local",
    "Imports a graph into deploy/local, then measures first-degree checks and home feed reads through the gateway beside a bare gRPC echo."
)
{
    edges,
    calls,
    inFlight,
};
local.SetAction(result =>
    LocalSuite.RunAsync(
        result.GetRequiredValue(edges),
        result.GetValue(calls),
        result.GetValue(inFlight)
    )
);

var http = new Option<Uri>("--http")
{
    Description = "The gateway's REST address.",
    Required = true,
    CustomParser = ReadAddress,
};
var grpc = new Option<Uri>("--grpc")
{
    Description = "The gateway's gRPC address.",
    Required = true,
    CustomParser = ReadAddress,
};
var token = new Option<string>("--token")
{
    Description = "A service's token, which acts for every member.",
    Required = true,
};
var deployed = new Command(
    "deployed",
    "The same of a platform that runs already. It writes: use one made for it."
)
{
    edges,
    calls,
    inFlight,
    http,
    grpc,
    token,
};
deployed.SetAction(result =>
    DeployedSuite.RunAsync(
        result.GetRequiredValue(edges),
        result.GetValue(calls),
        result.GetValue(inFlight),
        result.GetRequiredValue(http),
        result.GetRequiredValue(grpc),
        result.GetRequiredValue(token)
    )
);

var relationships = new Option<int>("--relationships")
{
    Description =
        "How many relationships are many: checks are measured with 10,000 and with so many stored.",
    DefaultValueFactory = _ => 1_000_000,
};
var mongo = new Option<string?>("--mongo")
{
    Description = "A MongoDB to measure too: its connection string.",
};
var connections = new Command(
    "connections",
    "Measures first-degree checks of the connections service beside a bare gRPC echo, and invitations beside raw writes."
)
{
    calls,
    inFlight,
    relationships,
    mongo,
};
connections.SetAction(result =>
    ConnectionsSuite.RunAsync(
        result.GetValue(calls),
        result.GetValue(inFlight),
        result.GetValue(relationships),
        result.GetValue(mongo)
    )
);

var messages = new Option<int>("--messages")
{
    Description = "How many messages a long conversation has.",
    DefaultValueFactory = _ => 1_000_000,
};
var subscriptions = new Option<int>("--subscriptions")
{
    Description = "How many streams are open while delivery is measured.",
    DefaultValueFactory = _ => 1_000,
};
var messaging = new Command(
    "messaging",
    "Measures sends beside a bare gRPC echo, pages of short and long conversations, and live delivery between two replicas."
)
{
    calls,
    inFlight,
    messages,
    subscriptions,
    mongo,
};
messaging.SetAction(result =>
    MessagingSuite.RunAsync(
        result.GetValue(calls),
        result.GetValue(inFlight),
        result.GetValue(messages),
        result.GetValue(subscriptions),
        result.GetValue(mongo)
    )
);

var followers = new Option<int>("--followers")
{
    Description = "How many followers are very many.",
    DefaultValueFactory = _ => 10_000_000,
};
var follows = new Command(
    "follows",
    "Measures checks of the follows service beside a bare gRPC echo, follows beside the same scripts without the service, streams of followers, and bytes a follow. Takes a redis-server that is installed, or a container."
)
{
    calls,
    inFlight,
    followers,
};
follows.SetAction(result =>
    FollowsSuite.RunAsync(
        result.GetValue(calls),
        result.GetValue(inFlight),
        result.GetValue(followers)
    )
);

var sizes = new Option<int[]>("--sizes")
{
    Description = "Numbers of connections of the generated graphs, ascending.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [100_000, 1_000_000, 10_000_000],
};
var alsoEdges = new Option<FileInfo>("--edges")
{
    Description = "An edge list to measure besides.",
}.AcceptExistingOnly();
var postgres = new Option<string>("--postgres")
{
    Description =
        "A PostgreSQL to measure beside: a connection string as psql takes it. Makes and drops the schema platform_benchmark.",
};
var seed = new Option<int>("--seed")
{
    Description = "Of the generated graphs.",
    DefaultValueFactory = _ => 42,
};
var graph = new Command(
    "graph",
    "The graph index by itself, on R-MAT graphs: intersections, friends of friends, degrees, memory, snapshots, and how they grow."
)
{
    sizes,
    alsoEdges,
    postgres,
    seed,
};
graph.SetAction(result =>
    GraphSuite.RunAsync(
        result.GetRequiredValue(sizes),
        result.GetValue(alsoEdges),
        result.GetValue(postgres),
        result.GetValue(seed)
    )
);

var stored = new Option<int>("--connections")
{
    Description = "How many connections are stored.",
    DefaultValueFactory = _ => 1_000_000,
};
var network = new Command(
    "network",
    "The network in the connections service on SQLite: loading, batches of degrees over gRPC beside a bare echo, and when a change is visible."
)
{
    stored,
    calls,
    seed,
};
network.SetAction(result =>
    NetworkSuite.RunAsync(result.GetValue(stored), result.GetValue(calls), result.GetValue(seed))
);

var gateway = new Command(
    "gateway",
    "Measures unary calls through the gateway, with tokens and rates, beside the same calls without it and through HAProxy where that is installed."
)
{
    calls,
    inFlight,
};
gateway.SetAction(result =>
    GatewaySuite.RunAsync(result.GetValue(calls), result.GetValue(inFlight))
);

var composed = new Command(
    "relationships",
    "Measures relationships of 100 members, that the gateway composes, beside a bare echo of as many bytes, and what each part of them costs each service. It takes a redis-server that is installed, or a container."
)
{
    calls,
    seed,
};
composed.SetAction(result =>
    RelationshipsSuite.RunAsync(result.GetValue(calls), result.GetValue(seed))
);

var port = new Argument<int>("port");
var echo = new Command("echo", "The bare echo server; started by the suites.") { port };
echo.SetAction(result => EchoService.ServeAsync(result.GetValue(port)));

var parts = new Option<string[]>("--parts")
{
    Description = $"What to measure: {string.Join(", ", FeedSuite.Parts)}.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => FeedSuite.Parts,
}.AcceptOnlyFromAmong(FeedSuite.Parts);
var lag = new Option<int>("--lag-seconds")
{
    Description = "How long 200 posts a second are made with each graph; at least 30.",
    DefaultValueFactory = _ => 300,
};
var feed = new Command(
    "feed",
    "Measures pages of home feeds beside a bare gRPC echo, fan-out beside the same commands of a raw client, and the lag of deliveries under a steady load. Takes a redis-server that is installed, or a container."
)
{
    parts,
    calls,
    inFlight,
    lag,
    alsoEdges,
    seed,
};
feed.SetAction(result =>
    FeedSuite.RunAsync(
        result.GetRequiredValue(parts),
        result.GetValue(calls),
        result.GetValue(inFlight),
        TimeSpan.FromSeconds(Math.Max(30, result.GetValue(lag))),
        result.GetValue(alsoEdges),
        result.GetValue(seed)
    )
);

var root = new RootCommand(
    "Measures what docs and notes claim: each figure beside a limit measured in the same run."
)
{
    local,
    deployed,
    connections,
    messaging,
    follows,
    feed,
    graph,
    network,
    gateway,
    composed,
    echo,
};
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
return await root.Parse(args).InvokeAsync();

static Uri? ReadAddress(System.CommandLine.Parsing.ArgumentResult argument)
{
    if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address))
    {
        return address;
    }
    argument.AddError($"'{argument.Tokens[0].Value}' is no address.");
    return null;
}
