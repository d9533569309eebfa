using System.CommandLine;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Tokens;

/// <summary>Prints a token: a development token of local mode, or one signed with the key of a trial installation.</summary>
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
        var tier = new Option<string?>("--tier")
        {
            Description =
                "The tier of limits that counts for it, such as bulk; without it the default one",
            HelpName = "NAME",
        };
        var key = new Option<string?>("--signing-key")
        {
            Description =
                "Sign it here with this private P-256 key (PEM) instead of asking local mode",
            HelpName = "FILE",
        };
        var issuer = new Option<string>("--issuer")
        {
            Description = "With --signing-key: the issuer whose public key the services have",
            HelpName = "NAME",
            DefaultValueFactory = _ => "trial",
        };
        var audience = new Option<string>("--audience")
        {
            Description = "With --signing-key: the audience that the services ask for",
            HelpName = "NAME",
            DefaultValueFactory = _ => "platform",
        };
        var hours = new Option<double>("--hours")
        {
            Description = "With --signing-key: how long it is good",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        Arguments.WithRange(hours, 0.01, 24, "--hours takes 0.01 to 24.");
        return factory.Create(
            "token",
            "Print a token for local mode, or for a trial by its key",
            [member, role, tier, key, issuer, audience, hours],
            async (context, cancellationToken) =>
            {
                var request = new TokenRequest(
                    context.Parse.GetRequiredValue(member),
                    context.Parse.GetRequiredValue(role),
                    context.Parse.GetValue(tier) ?? ""
                );
                if (context.Parse.GetValue(key) is { } file)
                {
                    var signer = new TokenSigner(
                        context.Parse.GetRequiredValue(issuer),
                        context.Parse.GetRequiredValue(audience)
                    );
                    var lifetime = TimeSpan.FromHours(context.Parse.GetRequiredValue(hours));
                    Write(
                        context,
                        request,
                        signer.Sign(file, request, context.Time.GetUtcNow(), lifetime)
                    );
                    return;
                }
                using var http = new HttpClient { Timeout = context.Gateway.Timeout };
                Write(
                    context,
                    request,
                    await new DevelopmentTokens(http, context.Gateway.Http).MintAsync(
                        request,
                        cancellationToken
                    )
                );
            }
        );
    }

    private static void Write(CommandContext context, TokenRequest request, string token) =>
        context.Write(
            new TokenResult(
                request.MemberId,
                request.Role,
                request.Tier.Length == 0 ? null : request.Tier,
                token
            ),
            token
        );

    private sealed record TokenResult(string MemberId, string Role, string? Tier, string Token);
}
