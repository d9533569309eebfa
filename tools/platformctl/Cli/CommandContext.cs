using System.CommandLine;
using Platform.Common.V1;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Cli;

/// <summary>What one run of one command works with.</summary>
public sealed class CommandContext(
    ParseResult parse,
    CliConsole console,
    GatewayOptions gateway,
    bool json,
    TimeProvider time
)
{
    public ParseResult Parse { get; } = parse;

    public CliConsole Console { get; } = console;

    public GatewayOptions Gateway { get; } = gateway;

    public bool Json { get; } = json;

    public TimeProvider Time { get; } = time;

    /// <summary>A session that acts as <paramref name="memberId"/>.</summary>
    public Task<GatewaySession> ActAsAsync(string memberId, CancellationToken cancellationToken) =>
        GatewaySession.OpenAsync(
            Gateway,
            new TokenRequest(memberId, "member"),
            Time,
            cancellationToken
        );

    /// <summary>A session that may act for any member, and is not held to how many invitations a member may send.</summary>
    public Task<GatewaySession> ActForAllAsync(CancellationToken cancellationToken) =>
        GatewaySession.OpenAsync(
            Gateway,
            new TokenRequest("platformctl", "service", TokenRequest.BulkTier),
            Time,
            cancellationToken
        );

    /// <summary>A session of an operator.</summary>
    public Task<GatewaySession> OperateAsync(CancellationToken cancellationToken) =>
        GatewaySession.OpenAsync(
            Gateway,
            new TokenRequest("platformctl", "operator"),
            Time,
            cancellationToken
        );

    /// <summary>The one result of a command.</summary>
    public void Write(object json, string text)
    {
        if (Json)
        {
            Console.WriteJson(json);
        }
        else
        {
            Console.WriteLine(text);
        }
    }

    /// <summary>The entries of a list: a line of JSON each, or a table.</summary>
    public void WriteList<T>(Listing<T> listing, ListTable<T> table)
        where T : notnull
    {
        if (Json)
        {
            foreach (var item in listing.Items)
            {
                Console.WriteJson(item);
            }
        }
        else if (listing.Items.Count == 0)
        {
            Console.WriteLine(table.Nothing);
        }
        else
        {
            Console.WriteTable(table.Columns, listing.Items.Select(table.Row));
        }

        if (listing.More)
        {
            Console.WriteNote(
                $"there are more than these {listing.Items.Count}; --limit 0 prints all"
            );
        }
    }

    /// <summary>Says what an answer lacks.</summary>
    public void WriteGaps(Completeness? completeness)
    {
        foreach (var gap in completeness?.Gaps ?? [])
        {
            Console.WriteNote($"incomplete: {gap.Source} ({gap.Reason})");
        }
    }
}
