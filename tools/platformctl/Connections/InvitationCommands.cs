using System.CommandLine;
using Grpc.Core;
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
            UndoDecline(factory),
            Withdraw(factory),
            Remind(factory),
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
        return factory.CreateAs(
            "connect",
            "A invites B to connect; if B has invited A, the two are connected at once",
            inviter,
            [invitee, note],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(invitee);
                var response = await new InvitationsService.InvitationsServiceClient(
                    run.Invoker
                ).SendInvitationAsync(
                    new SendInvitationRequest
                    {
                        MemberId = member,
                        InviteeId = other,
                        Note = run.Parse.GetValue(note) ?? "",
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                run.Write(
                    InvitationResult.From(response.Invitation, response.Revision),
                    response.Status == ConnectionStatus.Connected
                        ? $"{member} and {other} are connected: {other} had invited {member} already"
                        : $"{member} invited {other}"
                );
            }
        );
    }

    private static Command Accept(CommandFactory factory) =>
        OnInvitation(
            factory,
            "accept",
            "A accepts the invitation of B",
            ("Who was invited", "Who invited"),
            ConnectionStatus.InvitationReceived,
            (member, other) => $"{member} and {other} are connected",
            async call =>
            {
                var response = await call.Client.AcceptInvitationAsync(
                    new AcceptInvitationRequest
                    {
                        MemberId = call.MemberId,
                        InvitationId = call.InvitationId,
                        RequestId = RequestIds.New(),
                    },
                    call.Options
                );
                return InvitationResult.From(response.Invitation, response.Revision);
            }
        );

    private static Command Decline(CommandFactory factory)
    {
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
        return OnInvitation(
            factory,
            "decline",
            "A declines the invitation of B",
            ("Who was invited", "Who invited"),
            ConnectionStatus.InvitationReceived,
            (member, other) => $"{member} declined the invitation of {other}",
            async call =>
            {
                var response = await call.Client.DeclineInvitationAsync(
                    new DeclineInvitationRequest
                    {
                        MemberId = call.MemberId,
                        InvitationId = call.InvitationId,
                        RequestId = RequestIds.New(),
                        Reason = call.Run.Parse.GetValue(reason) switch
                        {
                            "unknown-person" => DeclineReason.UnknownPerson,
                            "not-now" => DeclineReason.NotNow,
                            "not-relevant" => DeclineReason.NotRelevant,
                            "unsolicited" => DeclineReason.Unsolicited,
                            "other" => DeclineReason.Other,
                            _ => DeclineReason.Unspecified,
                        },
                    },
                    call.Options
                );
                return InvitationResult.From(response.Invitation, response.Revision);
            },
            reason
        );
    }

    private static Command UndoDecline(CommandFactory factory) =>
        OnInvitation(
            factory,
            "undo-decline",
            "A takes back, within a day, that it declined the invitation of B",
            ("Who declined", "Who invited"),
            DeclinedInvitation.FindAsync,
            (member, other) => $"the invitation of {other} to {member} is pending again",
            async call =>
            {
                var response = await call.Client.UndoDeclineInvitationAsync(
                    new UndoDeclineInvitationRequest
                    {
                        MemberId = call.MemberId,
                        InvitationId = call.InvitationId,
                        RequestId = RequestIds.New(),
                    },
                    call.Options
                );
                return InvitationResult.From(response.Invitation, response.Revision);
            }
        );

    private static Command Withdraw(CommandFactory factory) =>
        OnInvitation(
            factory,
            "withdraw",
            "A takes back the invitation to B",
            ("Who invited", "Who was invited"),
            ConnectionStatus.InvitationSent,
            (member, other) => $"{member} took back the invitation to {other}",
            async call =>
            {
                var response = await call.Client.WithdrawInvitationAsync(
                    new WithdrawInvitationRequest
                    {
                        MemberId = call.MemberId,
                        InvitationId = call.InvitationId,
                        RequestId = RequestIds.New(),
                    },
                    call.Options
                );
                return InvitationResult.From(response.Invitation, response.Revision);
            }
        );

    private static Command Remind(CommandFactory factory) =>
        OnInvitation(
            factory,
            "remind",
            "A reminds B of the invitation: once, and not in its first week",
            ("Who invited", "Who was invited"),
            ConnectionStatus.InvitationSent,
            (member, other) => $"{member} reminded {other} of the invitation",
            async call =>
            {
                var response = await call.Client.RemindInvitationAsync(
                    new RemindInvitationRequest
                    {
                        MemberId = call.MemberId,
                        InvitationId = call.InvitationId,
                        RequestId = RequestIds.New(),
                    },
                    call.Options
                );
                return InvitationResult.From(response.Invitation, response.Revision);
            }
        );

    /// <summary>A call about the invitation between two members.</summary>
    private sealed record InvitationCall(MemberRun Run, string InvitationId)
    {
        public InvitationsService.InvitationsServiceClient Client => new(Run.Invoker);

        public string MemberId => Run.MemberId;

        public CallOptions Options => Run.Call();
    }

    private static Command OnInvitation(
        CommandFactory factory,
        string name,
        string description,
        (string A, string B) roles,
        ConnectionStatus direction,
        Func<string, string, string> text,
        Func<InvitationCall, Task<InvitationResult>> call,
        params IReadOnlyList<Option> options
    ) =>
        OnInvitation(
            factory,
            name,
            description,
            roles,
            (run, other) => PendingInvitation.FindAsync(run, other, direction),
            text,
            call,
            options
        );

    // what is done to the invitation between A and B, who name it
    private static Command OnInvitation(
        CommandFactory factory,
        string name,
        string description,
        (string A, string B) roles,
        Func<MemberRun, string, Task<string>> find,
        Func<string, string, string> text,
        Func<InvitationCall, Task<InvitationResult>> call,
        params IReadOnlyList<Option> options
    )
    {
        var one = Arguments.Member("A", roles.A);
        var two = Arguments.Member("B", roles.B);
        return factory.CreateAs(
            name,
            description,
            one,
            [two, .. options],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(two);
                var result = await call(new InvitationCall(run, await find(run, other)));
                run.Write(result, text(member, other));
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
        var command = factory.CreateAs(
            "invitations",
            "List the invitations of A, newest first",
            owner,
            [sent, received, state, limit],
            async run =>
            {
                var member = run.MemberId;
                var wantsSent = run.Parse.GetValue(sent);
                var wanted = run.Parse.GetRequiredValue(state) switch
                {
                    "accepted" => InvitationState.Accepted,
                    "declined" => InvitationState.Declined,
                    "withdrawn" => InvitationState.Withdrawn,
                    "expired" => InvitationState.Expired,
                    "superseded" => InvitationState.Superseded,
                    _ => InvitationState.Pending,
                };
                var client = new InvitationsService.InvitationsServiceClient(run.Invoker);
                await run.ListAsync<Invitation, InvitationResult>(
                    limit,
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
                                run.Call()
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
                                run.Call()
                            );
                            return (page.Invitations, page.NextPageToken);
                        }
                    },
                    invitation => InvitationResult.From(invitation),
                    new ListTable<InvitationResult>(
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
                    )
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
