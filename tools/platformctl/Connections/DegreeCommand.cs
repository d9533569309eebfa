using System.CommandLine;
using Grpc.Core;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>How far apart two members are.</summary>
public static class DegreeCommand
{
    public static Command Create(CommandFactory factory)
    {
        var one = Arguments.Member("A", "From whom");
        var two = Arguments.Member("B", "To whom");
        return factory.Create(
            "degree",
            "Say how far B is from A in the network: 1, 2, 3 or out of it",
            [one, two],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(one);
                var other = context.Parse.GetRequiredValue(two);
                using var session = await context.ActAsAsync(member, cancellationToken);
                try
                {
                    var response = await new NetworkService.NetworkServiceClient(
                        session.Invoker
                    ).GetDegreeAsync(
                        new GetDegreeRequest { MemberId = member, OtherId = other },
                        session.Call(cancellationToken)
                    );
                    Write(context, member, other, response.Degree);
                }
                catch (RpcException exception)
                    when (exception.StatusCode == StatusCode.Unimplemented)
                {
                    var check = await new ConnectionsService.ConnectionsServiceClient(
                        session.Invoker
                    ).CheckConnectionAsync(
                        new CheckConnectionRequest { MemberId = member, OtherId = other },
                        session.Call(cancellationToken)
                    );
                    switch (check.Status)
                    {
                        case ConnectionStatus.Connected:
                            Write(context, member, other, Degree.First);
                            break;
                        case ConnectionStatus.Self:
                            Write(context, member, other, Degree.Self);
                            break;
                        default:
                            context.Write(
                                new DegreeResult(member, other, "beyond_first", null),
                                $"{other} is not a first-degree connection of {member}"
                            );
                            context.Console.WriteNote(
                                "the gateway does not serve degrees beyond the first yet (NOT_IMPLEMENTED)"
                            );
                            break;
                    }
                }
            }
        );
    }

    private static void Write(CommandContext context, string member, string other, Degree degree)
    {
        var (name, number, text) = degree switch
        {
            Degree.Self => ("self", 0, $"{member} and {other} are the same member"),
            Degree.First => ("first", 1, $"1: {other} is a connection of {member}"),
            Degree.Second => (
                "second",
                2,
                $"2: {other} is a connection of a connection of {member}"
            ),
            Degree.Third => ("third", 3, $"3: {other} is three connections away from {member}"),
            _ => ("out_of_network", (int?)null, $"{other} is out of the network of {member}"),
        };
        context.Write(new DegreeResult(member, other, name, number), text);
    }

    /// <param name="MemberId">From whom.</param>
    /// <param name="OtherId">To whom.</param>
    /// <param name="Degree">self, first, second, third, out_of_network, or beyond_first where no more is known.</param>
    /// <param name="Distance">The same as a number, where there is one.</param>
    private sealed record DegreeResult(
        string MemberId,
        string OtherId,
        string Degree,
        int? Distance
    );
}
