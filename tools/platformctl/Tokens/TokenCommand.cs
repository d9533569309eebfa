using System.CommandLine;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Tokens;

/// <summary>Prints a development token.</summary>
public static class TokenCommand
{
    public static Command Create(CommandFactory factory)
    {
        var member = Arguments.Member(
            "MEMBER",
            "The member (or service) that the token stands for"
        );
        var role = new Option<string>("--role")
        {
            Description =
                "What it may do: act as the member, for any member, or call operator verbs",
            HelpName = "member|service|operator",
            DefaultValueFactory = _ => "member",
        };
        role.AcceptOnlyFromAmong("member", "service", "operator");
        return factory.Create(
            "token",
            "Print a development token (local mode only)",
            [member, role],
            async (context, cancellationToken) =>
            {
                var request = new TokenRequest(
                    context.Parse.GetRequiredValue(member),
                    context.Parse.GetRequiredValue(role)
                );
                using var http = new HttpClient { Timeout = context.Gateway.Timeout };
                var token = await new DevelopmentTokens(http, context.Gateway.Http).MintAsync(
                    request,
                    cancellationToken
                );
                context.Write(new TokenResult(request.MemberId, request.Role, token), token);
            }
        );
    }

    private sealed record TokenResult(string MemberId, string Role, string Token);
}
