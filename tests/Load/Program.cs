using System.CommandLine;
using Platform.Ctl.Gateway;
using Platform.Load;
using Platform.Testing.Graphs;

var http = new Option<Uri>("--http")
{
    Description =
        "The gateway's REST address; asked for a development token where there is no --token.",
    DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
    CustomParser = result => new Uri(result.Tokens[0].Value),
};
var grpc = new Option<Uri>("--grpc")
{
    Description = "The gateway's gRPC address.",
    DefaultValueFactory = _ => new Uri("http://127.0.0.1:8081"),
    CustomParser = result => new Uri(result.Tokens[0].Value),
};
var token = new Option<string?>("--token")
{
    Description = "A service's token of the tier bulk, which acts for every member.",
};
var edges = new Option<FileInfo?>("--edges")
{
    Description = "An edge list, one `a b` pair a line; else a graph is made up (R-MAT).",
};
var members = new Option<int>("--members")
{
    Description = "Of a made up graph: about how many members.",
    DefaultValueFactory = _ => 1000,
};
var rate = new Option<double>("--rate")
{
    Description = "Calls a second.",
    DefaultValueFactory = _ => 300,
};
var seconds = new Option<int>("--seconds")
{
    Description = "How long.",
    DefaultValueFactory = _ => 60,
};
var warmUp = new Option<int>("--warm-up")
{
    Description =
        "Seconds of the same load before it, which are not counted: processes compile as they go.",
    DefaultValueFactory = _ => 10,
};
var most = new Option<int>("--most-under-way")
{
    Description = "Calls under way beyond which none are sent.",
    DefaultValueFactory = _ => 10_000,
};
var deadline = new Option<double>("--deadline")
{
    Description = "Of each call, in seconds.",
    DefaultValueFactory = _ => 5,
};
var seed = new Option<int>("--seed")
{
    Description = "The same seed gives the same calls at the same moments.",
    DefaultValueFactory = _ => 1,
};
var prepared = new Option<bool>("--prepared")
{
    Description = "The population is in place already, of a run with the same graph.",
};
var picture = new Option<FileInfo?>("--picture")
{
    Description = "Where to write a picture (.png).",
};

var command = new RootCommand(
    "A mixed, heavy-tailed load on a running platform at a fixed rate, fifty reads a write. It writes: use a platform made for it."
)
{
    http,
    grpc,
    token,
    edges,
    members,
    rate,
    seconds,
    warmUp,
    most,
    deadline,
    seed,
    prepared,
    picture,
};
command.SetAction(
    async (result, cancellationToken) =>
    {
        var graph = result.GetValue(edges) is { } file
            ? EdgeFile.Read(file)
            : MadeUp(result.GetValue(members));
        using var client = new HttpClient();
        var bearer =
            result.GetValue(token)
            ?? await new DevelopmentTokens(client, result.GetValue(http)!).MintAsync(
                new TokenRequest("load", "service", TokenRequest.BulkTier),
                cancellationToken
            );
        using var clients = new Clients(result.GetValue(grpc)!, bearer);
        var population = new Population(graph);
        Console.WriteLine(
            $"{population.Members.Count:N0} members, {population.Connected.Count:N0} connections"
        );
        if (!result.GetValue(prepared))
        {
            await Preparation.RunAsync(clients, population, cancellationToken);
        }
        var run = Guid.NewGuid().ToString("N");
        await RunAsync("warm-up", result.GetValue(warmUp));
        var outcome = await RunAsync("load", result.GetValue(seconds));
        TextReport.Write(outcome, Console.Out);
        if (result.GetValue(picture) is { } target)
        {
            Picture.Save(outcome, target);
        }
        return outcome.IsGood ? 0 : 1;

        Task<LoadResult> RunAsync(string name, int length) =>
            new OpenLoop(
                result.GetValue(rate),
                result.GetValue(most),
                TimeSpan.FromSeconds(result.GetValue(deadline)),
                result.GetValue(seed)
            ).RunAsync(
                Mix.Of(clients, population, $"{run}-{name}"),
                TimeSpan.FromSeconds(length),
                cancellationToken
            );
    }
);
return await command.Parse(args).InvokeAsync();

static IReadOnlyList<(string A, string B)> MadeUp(int members)
{
    const int PerMember = 10;
    var edges = members * PerMember;
    return
    [
        .. RMat.Generate(RMat.ScaleFor(edges), edges, seed: 1)
            .Select(edge => ($"load-{edge.One}", $"load-{edge.Other}")),
    ];
}
