using System.CommandLine;
using System.Globalization;
using System.Text;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>How two members are connected, and whom the first might invite.</summary>
public static class NetworkCommand
{
    private const int MutualsShown = 10;
    private const int PathsShown = 3;
    private const int SuggestionsShown = 5;

    public static Command Create(CommandFactory factory)
    {
        var one = Arguments.Member("A", "From whom");
        var two = Arguments.Member("B", "To whom");
        return factory.CreateAs(
            "network",
            "Show how A and B are connected: degree, mutual connections and paths; and whom A might invite",
            one,
            [two],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(two);
                var client = new NetworkService.NetworkServiceClient(run.Invoker);
                var stats = await client.GetNetworkStatsAsync(
                    new GetNetworkStatsRequest { MemberId = member },
                    run.Call()
                );
                var mutual = await client.CountMutualConnectionsAsync(
                    new CountMutualConnectionsRequest { MemberId = member, OtherId = other },
                    run.Call()
                );
                var mutuals = await client.ListMutualConnectionsAsync(
                    new ListMutualConnectionsRequest
                    {
                        MemberId = member,
                        OtherId = other,
                        PageSize = MutualsShown,
                    },
                    run.Call()
                );
                var found = await client.FindPathsAsync(
                    new FindPathsRequest
                    {
                        MemberId = member,
                        OtherId = other,
                        MaxPaths = PathsShown,
                    },
                    run.Call()
                );
                var suggestions = await client.ListSuggestionsAsync(
                    new ListSuggestionsRequest { MemberId = member, PageSize = SuggestionsShown },
                    run.Call()
                );
                var result = new NetworkResult(
                    DegreeResult.Of(member, other, found.Degree),
                    mutual.Count,
                    [.. mutuals.ConnectionIds],
                    [.. found.Paths.Select(path => path.MemberIds.ToArray())],
                    found.Complete,
                    stats.FirstDegreeCount,
                    stats.SecondDegreeCount,
                    [
                        .. suggestions.Suggestions.Select(suggestion => new SuggestionResult(
                            suggestion.MemberId,
                            suggestion.Score,
                            suggestion.MutualCount,
                            [.. suggestion.SampleConnectorIds]
                        )),
                    ]
                );
                run.Write(result, Text(result));
            }
        );
    }

    private static string Text(NetworkResult result)
    {
        var text = new StringBuilder();
        Line("degree", result.Degree.Text);
        Line(
            "mutual",
            result.MutualCount == 0
                ? "0"
                : $"{result.MutualCount}: {string.Join(' ', result.MutualIds)}{(result.MutualCount > result.MutualIds.Count ? " ..." : "")}"
        );
        foreach (var path in result.Paths)
        {
            Line("path", string.Join(" - ", path));
        }
        if (!result.AllPaths)
        {
            Line("path", "... and more");
        }
        Line("network", $"{result.FirstDegree} first degree, {result.SecondDegree} second degree");
        foreach (var suggestion in result.Suggestions)
        {
            Line(
                "suggest",
                $"{suggestion.MemberId}, {suggestion.MutualCount} mutual: {string.Join(' ', suggestion.ConnectorIds)}"
            );
        }
        return text.ToString().TrimEnd('\n');

        void Line(string name, string value) =>
            text.Append(CultureInfo.InvariantCulture, $"{name, -8}  {value}\n");
    }

    /// <param name="Degree">How far apart the two are.</param>
    /// <param name="MutualCount">How many connections they share.</param>
    /// <param name="MutualIds">Some of those.</param>
    /// <param name="Paths">Some shortest ways.</param>
    /// <param name="AllPaths">Whether these are all.</param>
    /// <param name="FirstDegree">How many connections the first has.</param>
    /// <param name="SecondDegree">How many members are two away from the first.</param>
    /// <param name="Suggestions">Whom the first might invite, the best on top.</param>
    private sealed record NetworkResult(
        DegreeResult Degree,
        int MutualCount,
        IReadOnlyList<string> MutualIds,
        IReadOnlyList<string[]> Paths,
        bool AllPaths,
        long FirstDegree,
        long SecondDegree,
        IReadOnlyList<SuggestionResult> Suggestions
    );

    /// <param name="MemberId">Who.</param>
    /// <param name="Score">Higher is better.</param>
    /// <param name="MutualCount">How many mutual connections.</param>
    /// <param name="ConnectorIds">Some of those.</param>
    private sealed record SuggestionResult(
        string MemberId,
        double Score,
        int MutualCount,
        IReadOnlyList<string> ConnectorIds
    );
}
