using System.CommandLine;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>First-degree connections.</summary>
public static class ConnectionCommands
{
    private const int MaxPageSize = 1000;

    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [Disconnect(factory), Connections(factory)];

    private static Command Disconnect(CommandFactory factory)
    {
        var one = Arguments.Member("A", "Who ends it");
        var two = Arguments.Member("B", "The other one, who is not told");
        return factory.CreateAs(
            "disconnect",
            "A removes the connection with B",
            one,
            [two],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(two);
                var response = await new ConnectionsService.ConnectionsServiceClient(
                    run.Invoker
                ).RemoveConnectionAsync(
                    new RemoveConnectionRequest
                    {
                        MemberId = member,
                        OtherId = other,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                run.Write(
                    new RemovedResult(member, other, response.Revision),
                    $"{member} and {other} are no longer connected"
                );
            }
        );
    }

    private static Command Connections(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose connections");
        var count = new Option<bool>("--count") { Description = "Only say how many there are" };
        var limit = Arguments.Limit(50);
        return factory.CreateAs(
            "connections",
            "List the connections of A, newest first",
            owner,
            [count, limit],
            async run =>
            {
                var member = run.MemberId;
                var client = new ConnectionsService.ConnectionsServiceClient(run.Invoker);
                if (run.Parse.GetValue(count))
                {
                    var counted = await client.CountConnectionsAsync(
                        new CountConnectionsRequest { MemberId = member },
                        run.Call()
                    );
                    run.Write(new CountResult(member, counted.Count), $"{counted.Count}");
                    return;
                }

                await run.ListAsync<Connection, ConnectionResult>(
                    limit,
                    MaxPageSize,
                    async (size, token) =>
                    {
                        var page = await client.ListConnectionsAsync(
                            new ListConnectionsRequest
                            {
                                MemberId = member,
                                PageSize = size,
                                PageToken = token,
                            },
                            run.Call()
                        );
                        return (page.Connections, page.NextPageToken);
                    },
                    connection => new ConnectionResult(
                        connection.MemberId,
                        Format.Time(connection.ConnectedTime)
                    ),
                    new ListTable<ConnectionResult>(
                        $"{member} has no connections",
                        ["member", "connected"],
                        connection => [connection.MemberId, Format.Cell(connection.ConnectedTime)]
                    )
                );
            }
        );
    }

    private sealed record RemovedResult(string MemberId, string OtherId, string Revision);

    private sealed record CountResult(string MemberId, long Count);

    private sealed record ConnectionResult(string MemberId, DateTimeOffset? ConnectedTime);
}
