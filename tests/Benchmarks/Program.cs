using System.CommandLine;
using System.Globalization;
using Platform.Benchmarks.Harness;
using Platform.Benchmarks.Suites;

var edges = new Option<FileInfo>("--edges")
{
    Description = "An edge list, one `a b` pair a line.",
    Required = true,
};
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

var port = new Argument<int>("port");
var echo = new Command("echo", "The bare echo server; started by the suites.") { port };
echo.SetAction(result => EchoService.ServeAsync(result.GetValue(port)));

var root = new RootCommand(
    "Measures what docs and notes claim: each figure beside a limit measured in the same run."
)
{
    local,
    echo,
};
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
return await root.Parse(args).InvokeAsync();
