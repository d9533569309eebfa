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
        return factory.CreateAs(
            "degree",
            "Say how far B is from A in the network: 1, 2, 3 or out of it",
            one,
            [two],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(two);
                var response = await new NetworkService.NetworkServiceClient(
                    run.Invoker
                ).GetDegreeAsync(
                    new GetDegreeRequest { MemberId = member, OtherId = other },
                    run.Call()
                );
                var result = DegreeResult.Of(member, other, response.Degree);
                run.Write(result, result.Text);
            }
        );
    }
}
