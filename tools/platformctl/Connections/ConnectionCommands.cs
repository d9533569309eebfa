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
        return factory.Create(
            "disconnect",
            "A removes the connection with B",
            [one, two],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(one);
                var other = context.Parse.GetRequiredValue(two);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var response = await new ConnectionsService.ConnectionsServiceClient(
                    session.Invoker
                ).RemoveConnectionAsync(
                    new RemoveConnectionRequest
                    {
                        MemberId = member,
                        OtherId = other,
                        RequestId = RequestIds.New(),
                    },
                    session.Call(cancellationToken)
                );
                context.Write(
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
        return factory.Create(
            "connections",
            "List the connections of A, newest first",
            [owner, count, limit],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(owner);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var client = new ConnectionsService.ConnectionsServiceClient(session.Invoker);
                if (context.Parse.GetValue(count))
                {
                    var counted = await client.CountConnectionsAsync(
                        new CountConnectionsRequest { MemberId = member },
                        session.Call(cancellationToken)
                    );
                    context.Write(new CountResult(member, counted.Count), $"{counted.Count}");
                    return;
                }

                var connections = await Pages.CollectAsync<Connection>(
                    context.Parse.GetRequiredValue(limit),
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
                            session.Call(cancellationToken)
                        );
                        return (page.Connections, page.NextPageToken);
                    }
                );
                context.WriteList(
                    connections.Select(connection => new ConnectionResult(
                        connection.MemberId,
                        Format.Time(connection.ConnectedTime)
                    )),
                    $"{member} has no connections",
                    ["member", "connected"],
                    connection => [connection.MemberId, Format.Cell(connection.ConnectedTime)]
                );
            }
        );
    }

    private sealed record RemovedResult(string MemberId, string OtherId, string Revision);

    private sealed record CountResult(string MemberId, long Count);

    private sealed record ConnectionResult(string MemberId, DateTimeOffset? ConnectedTime);
}
