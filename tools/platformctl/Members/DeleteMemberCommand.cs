using System.CommandLine;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Members;

/// <summary>Erasing a member from connections.</summary>
public static class DeleteMemberCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create(CommandFactory factory)
    {
        var erased = Arguments.Member("A", "Who is erased, for good");
        var status = new Option<bool>("--status")
        {
            Description = "Erase nobody: only say how far the erasure of A is",
        };
        var wait = new Option<bool>("--wait") { Description = "Return when it is done" };
        return factory.Create(
            "delete-member",
            "Erase A from connections: connections, invitations, blocks, recommendations, settings (operators)",
            [erased, status, wait],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(erased);
                using var session = await context.OperateAsync(cancellationToken);
                var client = new MembersService.MembersServiceClient(session.Invoker);
                if (!context.Parse.GetValue(status))
                {
                    await client.DeleteMemberAsync(
                        new DeleteMemberRequest { ErasedId = member, RequestId = RequestIds.New() },
                        session.Call(cancellationToken)
                    );
                }
                MemberDeletion deletion;
                while (true)
                {
                    var answer = await client.GetMemberDeletionAsync(
                        new GetMemberDeletionRequest { ErasedId = member },
                        session.Call(cancellationToken)
                    );
                    deletion = answer.Deletion;
                    if (
                        !context.Parse.GetValue(wait)
                        || deletion.State != MemberDeletionState.Running
                    )
                    {
                        break;
                    }
                    await Task.Delay(Pause, context.Time, cancellationToken);
                }
                context.Write(
                    new DeletionResult(
                        member,
                        Format.Name(deletion.State),
                        Format.Time(deletion.StartTime),
                        Format.Time(deletion.EndTime),
                        deletion.RemovedCount,
                        deletion.RemainingCount
                    ),
                    deletion.State switch
                    {
                        MemberDeletionState.None => $"{member} was never deleted",
                        MemberDeletionState.Done =>
                            $"{member} is erased; {deletion.RemovedCount} removed",
                        _ =>
                            $"{member} is being erased; {deletion.RemovedCount} removed, {deletion.RemainingCount} left",
                    }
                );
            }
        );
    }

    private sealed record DeletionResult(
        string MemberId,
        string State,
        DateTimeOffset? StartTime,
        DateTimeOffset? EndTime,
        long Removed,
        long Remaining
    );
}
