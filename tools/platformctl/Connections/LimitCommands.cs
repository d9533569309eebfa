using System.CommandLine;
using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Connections;

/// <summary>What one may do, and what stands in the way.</summary>
public static class LimitCommands
{
    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [Quota(factory), Explain(factory)];

    private static Command Quota(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose limits");
        return factory.CreateAs(
            "quota",
            "Say what remains of the limits of A",
            owner,
            [],
            async run =>
            {
                var member = run.MemberId;
                var response = await new InvitationsService.InvitationsServiceClient(
                    run.Invoker
                ).GetInvitationQuotaAsync(
                    new GetInvitationQuotaRequest { MemberId = member },
                    run.Call()
                );
                run.Context.WriteList(
                    new Listing<QuotaResult>(
                        [.. response.Quotas.Select(QuotaResult.From)],
                        More: false
                    ),
                    new ListTable<QuotaResult>(
                        $"{member} has no limits",
                        ["limit", "of", "used", "left", "next free", "tier"],
                        quota =>
                            [
                                quota.Kind,
                                $"{quota.Limit}",
                                $"{quota.Used}",
                                $"{quota.Remaining}",
                                Format.Cell(quota.NextFreeTime),
                                quota.Tier,
                            ]
                    )
                );
            }
        );
    }

    private static Command Explain(CommandFactory factory)
    {
        var inviter = Arguments.Member("A", "Who would invite");
        var invitee = Arguments.Member("B", "Who would be invited");
        var asOperator = new Option<bool>("--operator")
        {
            Description = "Ask as an operator, who is also told what makes B uninvitable",
        };
        return factory.Create(
            "explain",
            "Say whether A may invite B now, and all that is against it",
            [inviter, invitee, asOperator],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(inviter);
                var other = context.Parse.GetRequiredValue(invitee);
                using var session = context.Parse.GetValue(asOperator)
                    ? await context.OperateAsync(cancellationToken)
                    : await context.ActAsAsync(member, cancellationToken);
                var response = await new InvitationsService.InvitationsServiceClient(
                    session.Invoker
                ).ExplainInvitationAsync(
                    new ExplainInvitationRequest { MemberId = member, InviteeId = other },
                    session.Call(cancellationToken)
                );
                var obstacles = response.Obstacles.Select(GatewayFailure.From).ToList();
                context.Write(
                    new ExplainResult(
                        member,
                        other,
                        response.MayInvite,
                        response.WouldConnect,
                        [
                            .. obstacles.Select(obstacle => new ObstacleResult(
                                obstacle.Reason,
                                obstacle.Message,
                                obstacle.Metadata
                            )),
                        ]
                    ),
                    string.Join(
                        '\n',
                        obstacles
                            .Select(Text)
                            .Prepend(
                                obstacles.Count > 0 ? $"{member} may not invite {other}:"
                                : response.WouldConnect
                                    ? $"{member} may invite {other}; it connects the two, as {other} has invited {member}"
                                : $"{member} may invite {other}"
                            )
                    )
                );
            }
        );
    }

    private static string Text(GatewayFailure obstacle)
    {
        var details = string.Join(
            ", ",
            obstacle
                .Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}: {pair.Value}")
        );
        return $"  {obstacle.Reason}: {obstacle.Message}{(details.Length == 0 ? "" : $" ({details})")}";
    }

    private sealed record ExplainResult(
        string InviterId,
        string InviteeId,
        bool MayInvite,
        bool WouldConnect,
        IReadOnlyList<ObstacleResult> Obstacles
    );

    private sealed record ObstacleResult(
        string Reason,
        string Message,
        IReadOnlyDictionary<string, string> Metadata
    );

    private sealed record QuotaResult(
        string Kind,
        long Limit,
        long Used,
        long Remaining,
        DateTimeOffset? NextFreeTime,
        string Tier
    )
    {
        public static QuotaResult From(Quota quota) =>
            new(
                quota.Kind switch
                {
                    QuotaKind.WeeklyInvitations => "weekly invitations",
                    QuotaKind.PendingInvitations => "pending invitations",
                    _ => Format.Name(quota.Kind),
                },
                quota.Limit,
                quota.Used,
                quota.Remaining,
                Format.Time(quota.NextFreeTime),
                quota.Tier
            );
    }
}
