using System.CommandLine;
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
                var response = await new NetworkService.NetworkServiceClient(
                    session.Invoker
                ).GetDegreeAsync(
                    new GetDegreeRequest { MemberId = member, OtherId = other },
                    session.Call(cancellationToken)
                );
                var result = DegreeResult.Of(member, other, response.Degree);
                context.Write(result, result.Text);
            }
        );
    }
}
