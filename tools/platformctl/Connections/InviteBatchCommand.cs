using System.CommandLine;
using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Connections;

/// <summary>Invites several members in one call.</summary>
public static class InviteBatchCommand
{
    public static Command Create(CommandFactory factory)
    {
        var inviter = Arguments.Member("A", "Who invites");
        var file = new Argument<string>("FILE")
        {
            Description =
                "Whom: a member a line, at most 40, and after a blank the note for this one",
        };
        return factory.Create(
            "invite-batch",
            "A invites the members of a file, each with a note of its own",
            [inviter, file],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(inviter);
                var drafts = await ReadAsync(
                    context.Parse.GetRequiredValue(file),
                    cancellationToken
                );
                using var session = await context.ActAsAsync(member, cancellationToken);
                var response = await new InvitationsService.InvitationsServiceClient(
                    session.Invoker
                ).BatchSendInvitationsAsync(
                    new BatchSendInvitationsRequest
                    {
                        MemberId = member,
                        RequestId = RequestIds.New(),
                        Drafts = { drafts },
                    },
                    session.Call(cancellationToken)
                );
                context.WriteList(
                    new Listing<BatchResult>(
                        [.. response.Results.Select(BatchResult.From)],
                        More: false
                    ),
                    new ListTable<BatchResult>(
                        "nobody was invited",
                        ["invitee", "outcome", "why"],
                        result => [result.InviteeId, result.Outcome, result.Message ?? ""]
                    )
                );
                return response.Results.Any(result => result.Error is not null)
                    ? ExitCode.Partial
                    : ExitCode.Ok;
            }
        );
    }

    private static async Task<List<InvitationDraft>> ReadAsync(
        string file,
        CancellationToken cancellationToken
    )
    {
        using var reader = InputFile.Open(file);
        return
        [
            .. (await reader.ReadToEndAsync(cancellationToken))
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split((char[]?)[' ', '\t'], 2))
                .Select(parts => new InvitationDraft
                {
                    InviteeId = parts[0],
                    Note = parts.Length > 1 ? parts[1].Trim() : "",
                }),
        ];
    }

    private sealed record BatchResult(
        string InviteeId,
        string Outcome,
        string? InvitationId,
        string? Message
    )
    {
        public static BatchResult From(Platform.Connections.V1.InvitationResult result)
        {
            if (result.Error is { } error)
            {
                var failure = GatewayFailure.From(error);
                return new BatchResult(result.InviteeId, failure.Reason, null, failure.Message);
            }
            return new BatchResult(
                result.InviteeId,
                result.Status == ConnectionStatus.Connected ? "connected" : "invited",
                result.Invitation.InvitationId,
                null
            );
        }
    }
}
