using System.CommandLine;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Import;

/// <summary>What import and verify have in common: the file and how much is done at once.</summary>
public sealed class EdgeFileOptions
{
    private const int JunkShown = 20;

    /// <param name="concurrency">How much at once unless told.</param>
    /// <param name="required">Whether there has to be a file of edges; else the command sees to it.</param>
    public EdgeFileOptions(int concurrency, bool required = true)
    {
        Edges = new Option<string>("--edges")
        {
            Description = "The edge list: a pair of member ids a line; # and % begin comments",
            HelpName = "FILE",
            Required = required,
        };
        Concurrency = new Option<int>("--concurrency")
        {
            Description = "How many calls are in flight at once, 1 to 1024",
            HelpName = "N",
            DefaultValueFactory = _ => concurrency,
        };
        Arguments.WithRange(Concurrency, 1, 1024, "--concurrency takes 1 to 1024.");
    }

    public Option<string> Edges { get; }

    public Option<int> Concurrency { get; }

    public IEnumerable<Symbol> All => [Edges, Concurrency];

    /// <summary>Reads the file and reports its junk lines on stderr.</summary>
    /// <exception cref="CliException">There is no such file, or no edge in it.</exception>
    public async Task<EdgeList> ReadAsync(
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        var path = context.Parse.GetRequiredValue(Edges);
        var list = await EdgeListParser.ReadFileAsync(path, cancellationToken);
        foreach (var junk in list.Junk.Take(JunkShown))
        {
            context.Console.WriteNote($"{path} line {junk.Line}: {junk.Problem}");
        }

        if (list.JunkCount > JunkShown)
        {
            context.Console.WriteNote(
                $"... and {list.JunkCount - JunkShown} more lines that are no edges"
            );
        }

        return list.Edges.Count > 0
            ? list
            : throw new CliException(
                ExitCode.BadInput,
                LocalReason.NoEdges,
                $"{path} holds no edge",
                "--edges"
            );
    }
}
