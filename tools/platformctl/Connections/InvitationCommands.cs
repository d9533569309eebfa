using System.CommandLine;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>Inviting and answering.</summary>
public static class InvitationCommands
{
    private const int MaxPageSize = 200;

    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [
            Connect(factory),
            Accept(factory),
            Decline(factory),
            Withdraw(factory),
            Invitations(factory),
        ];

    private static Command Connect(CommandFactory factory)
    {
        var inviter = Arguments.Member("A", "Who invites");
        var invitee = Arguments.Member("B", "Who is invited");
        var note = new Option<string?>("--note")
        {
            Description = "Words for B, at most 300 characters",
            HelpName = "TEXT",
        };
        return factory.Create(
            "connect",
            "A invites B to connect; if B has invited A, the two are connected at once",
            [inviter, invitee, note],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(inviter);
                var other = context.Parse.GetRequiredValue(invitee);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var response = await new InvitationsService.InvitationsServiceClient(
                    session.Invoker
                ).SendInvitationAsync(
                    new SendInvitationRequest
                    {
                        MemberId = member,
                        InviteeId = other,
                        Note = context.Parse.GetValue(note) ?? "",
                        RequestId = RequestIds.New(),
                    },
                    session.Call(cancellationToken)
                );
                context.Write(
                    InvitationResult.From(response.Invitation, response.Revision),
                    response.Status == ConnectionStatus.Connected
                        ? $"{member} and {other} are connected: {other} had invited {member} already"
                        : $"{member} invited {other}"
                );
            }
        );
    }

    private static Command Accept(CommandFactory factory)
    {
        var invitee = Arguments.Member("A", "Who was invited");
        var inviter = Arguments.Member("B", "Who invited");
        return factory.Create(
            "accept",
            "A accepts the invitation of B",
            [invitee, inviter],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(invitee);
                var other = context.Parse.GetRequiredValue(inviter);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var invitationId = await PendingInvitation.FindAsync(
                    session,
                    member,
                    other,
                    ConnectionStatus.InvitationReceived,
                    cancellationToken
                );
                var response = await new InvitationsService.InvitationsServiceClient(
                    session.Invoker
                ).AcceptInvitationAsync(
                    new AcceptInvitationRequest
                    {
                        MemberId = member,
                        InvitationId = invitationId,
                        RequestId = RequestIds.New(),
                    },
                    session.Call(cancellationToken)
                );
                context.Write(
                    InvitationResult.From(response.Invitation, response.Revision),
                    $"{member} and {other} are connected"
                );
            }
        );
    }

    private static Command Decline(CommandFactory factory)
    {
        var invitee = Arguments.Member("A", "Who was invited");
        var inviter = Arguments.Member("B", "Who invited");
        var reason = new Option<string?>("--reason")
        {
            Description = "Why; B can read it",
            HelpName = "unknown-person|not-now|not-relevant|unsolicited|other",
        };
        reason.AcceptOnlyFromAmong(
            "unknown-person",
            "not-now",
            "not-relevant",
            "unsolicited",
            "other"
        );
        return factory.Create(
            "decline",
            "A declines the invitation of B",
            [invitee, inviter, reason],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(invitee);
                var other = context.Parse.GetRequiredValue(inviter);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var invitationId = await PendingInvitation.FindAsync(
                    session,
                    member,
                    other,
                    ConnectionStatus.InvitationReceived,
                    cancellationToken
                );
                var response = await new InvitationsService.InvitationsServiceClient(
                    session.Invoker
                ).DeclineInvitationAsync(
                    new DeclineInvitationRequest
                    {
                        MemberId = member,
                        InvitationId = invitationId,
                        RequestId = RequestIds.New(),
                        Reason = context.Parse.GetValue(reason) switch
                        {
                            "unknown-person" => DeclineReason.UnknownPerson,
                            "not-now" => DeclineReason.NotNow,
                            "not-relevant" => DeclineReason.NotRelevant,
                            "unsolicited" => DeclineReason.Unsolicited,
                            "other" => DeclineReason.Other,
                            _ => DeclineReason.Unspecified,
                        },
                    },
                    session.Call(cancellationToken)
                );
                context.Write(
                    InvitationResult.From(response.Invitation, response.Revision),
                    $"{member} declined the invitation of {other}"
                );
            }
        );
    }

    private static Command Withdraw(CommandFactory factory)
    {
        var inviter = Arguments.Member("A", "Who invited");
        var invitee = Arguments.Member("B", "Who was invited");
        return factory.Create(
            "withdraw",
            "A takes back the invitation to B",
            [inviter, invitee],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(inviter);
                var other = context.Parse.GetRequiredValue(invitee);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var invitationId = await PendingInvitation.FindAsync(
                    session,
                    member,
                    other,
                    ConnectionStatus.InvitationSent,
                    cancellationToken
                );
                var response = await new InvitationsService.InvitationsServiceClient(
                    session.Invoker
                ).WithdrawInvitationAsync(
                    new WithdrawInvitationRequest
                    {
                        MemberId = member,
                        InvitationId = invitationId,
                        RequestId = RequestIds.New(),
                    },
                    session.Call(cancellationToken)
                );
                context.Write(
                    InvitationResult.From(response.Invitation, response.Revision),
                    $"{member} took back the invitation to {other}"
                );
            }
        );
    }

    private static Command Invitations(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose invitations");
        var sent = new Option<bool>("--sent") { Description = "Those that A sent" };
        var received = new Option<bool>("--received")
        {
            Description = "Those that A received (the default)",
        };
        var state = new Option<string>("--state")
        {
            Description = "Which ones",
            HelpName = "pending|accepted|declined|withdrawn|expired|superseded",
            DefaultValueFactory = _ => "pending",
        };
        state.AcceptOnlyFromAmong(
            "pending",
            "accepted",
            "declined",
            "withdrawn",
            "expired",
            "superseded"
        );
        var limit = Arguments.Limit(50);
        var command = factory.Create(
            "invitations",
            "List the invitations of A, newest first",
            [owner, sent, received, state, limit],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(owner);
                var wantsSent = context.Parse.GetValue(sent);
                var wanted = context.Parse.GetRequiredValue(state) switch
                {
                    "accepted" => InvitationState.Accepted,
                    "declined" => InvitationState.Declined,
                    "withdrawn" => InvitationState.Withdrawn,
                    "expired" => InvitationState.Expired,
                    "superseded" => InvitationState.Superseded,
                    _ => InvitationState.Pending,
                };
                using var session = await context.ActAsAsync(member, cancellationToken);
                var client = new InvitationsService.InvitationsServiceClient(session.Invoker);
                var invitations = await Pages.CollectAsync<Invitation>(
                    context.Parse.GetRequiredValue(limit),
                    MaxPageSize,
                    async (size, token) =>
                    {
                        if (wantsSent)
                        {
                            var page = await client.ListSentInvitationsAsync(
                                new ListSentInvitationsRequest
                                {
                                    MemberId = member,
                                    State = wanted,
                                    PageSize = size,
                                    PageToken = token,
                                },
                                session.Call(cancellationToken)
                            );
                            return (page.Invitations, page.NextPageToken);
                        }
                        else
                        {
                            var page = await client.ListReceivedInvitationsAsync(
                                new ListReceivedInvitationsRequest
                                {
                                    MemberId = member,
                                    State = wanted,
                                    PageSize = size,
                                    PageToken = token,
                                },
                                session.Call(cancellationToken)
                            );
                            return (page.Invitations, page.NextPageToken);
                        }
                    }
                );
                context.WriteList(
                    invitations.Select(invitation => InvitationResult.From(invitation)),
                    $"{member} has {(wantsSent ? "sent" : "received")} no invitation that is {Format.Name(wanted)}",
                    ["sent", "inviter", "invitee", "state", "note"],
                    invitation =>
                        [
                            Format.Cell(invitation.SentTime),
                            invitation.InviterId,
                            invitation.InviteeId,
                            invitation.State,
                            invitation.Note ?? "",
                        ]
                );
            }
        );
        command.Validators.Add(result =>
        {
            if (result.GetValue(sent) && result.GetValue(received))
            {
                result.AddError("--sent and --received are two lists; ask for one at a time.");
            }
        });
        return command;
    }
}
