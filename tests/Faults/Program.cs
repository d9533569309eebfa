using System.CommandLine;
using System.Globalization;
using Platform.Tests.Faults;
using Platform.Tests.Faults.Processes;

// three programs in one: the Redis of a machine without containers, the long form, and the tests
if (args is [GarnetServer.Verb, var port, var folder])
{
    return await GarnetServer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), folder);
}
if (!args.Any(argument => argument is "--minutes" or "--help" or "--seed" or "--containers"))
{
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}

var minutes = new Option<double?>("--minutes")
{
    Description = "How long faults come; without it each sort comes once.",
};
var seed = new Option<int?>("--seed")
{
    Description = "Of an earlier run: members do the same, faults come in the same order.",
};
var containers = new Option<bool>("--containers")
{
    Description = "With MongoDB and Redis in containers, two replicas of each service.",
};
var workers = new Option<int>("--workers")
{
    Description = "How many members are at work at a time.",
    DefaultValueFactory = _ => 6,
};
var logs = new Option<DirectoryInfo?>("--logs")
{
    Description = "Where the logs of the processes go, and their data while it lasts.",
};
var only = new Option<string>("--only")
{
    Description = "Only faults of a sort that begins so, such as \"clock\".",
    DefaultValueFactory = _ => "",
};
var command = new RootCommand(
    "Kills, pauses, cuts off and fills what the platform is made of, while members use it; afterwards compares everything with what was acknowledged."
)
{
    minutes,
    seed,
    containers,
    workers,
    only,
    logs,
};
command.SetAction(
    async (result, _) =>
    {
        var inContainers = result.GetValue(containers);
        if (inContainers && await Installation.FindProblemAsync() is { } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }
        var target = result.GetValue(logs) ?? Directory.CreateTempSubdirectory("platform-faults-");
        Console.WriteLine($"logs: {target.FullName}");
        var summary = await FaultRun.RunAsync(
            new FaultOptions(
                result.GetValue(seed) ?? Random.Shared.Next(),
                result.GetValue(minutes) is { } length ? TimeSpan.FromMinutes(length) : null,
                result.GetValue(workers)
            )
            {
                Only = result.GetValue(only)!,
            },
            inContainers,
            target.FullName,
            line => Console.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {line}")
        );
        Console.WriteLine();
        Console.WriteLine(summary);
        return summary.Violations.Count == 0 ? 0 : 1;
    }
);
return await command.Parse(args).InvokeAsync();
