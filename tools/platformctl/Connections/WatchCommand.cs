using System.CommandLine;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>Changes as they happen.</summary>
public static class WatchCommand
{
    public static Command Create(CommandFactory factory)
    {
        var member = new Argument<string?>("A")
        {
            Description =
                "Whose changes, as A sees them; without it everybody's, as services see them",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var kinds = new Option<ConnectionChangeKind[]>("--kind")
        {
            Description = "Only changes of this kind; may be given several times",
            HelpName = "KIND",
            AllowMultipleArgumentsPerToken = true,
        };
        var beginning = new Option<bool>("--from-beginning")
        {
            Description = "Begin with the oldest change that is still recorded, not now",
        };
        var cursor = new Option<string>("--cursor")
        {
            Description = "Go on where an earlier watch stopped",
            HelpName = "CURSOR",
            DefaultValueFactory = _ => "",
        };
        return factory.Create(
            "watch",
            "Print changes of connections and invitations as they happen, until Ctrl-C",
            [member, kinds, beginning, cursor],
            async (context, cancellationToken) =>
            {
                var watched = context.Parse.GetValue(member);
                using var session = watched is null
                    ? await context.ActForAllAsync(cancellationToken)
                    : await context.ActAsAsync(watched, cancellationToken);
                var request = new WatchConnectionsRequest
                {
                    MemberId = watched ?? "",
                    Cursor = context.Parse.GetRequiredValue(cursor),
                    Start = context.Parse.GetValue(beginning)
                        ? WatchStart.Beginning
                        : WatchStart.Now,
                    Kinds = { context.Parse.GetValue(kinds) ?? [] },
                };
                return await ResumedStream.PrintAsync(
                    context,
                    request.Cursor,
                    from =>
                    {
                        request.Cursor = from;
                        return new ConnectionsService.ConnectionsServiceClient(
                            session.Invoker
                        ).WatchConnections(request, cancellationToken: cancellationToken);
                    },
                    sent => sent.Cursor,
                    sent =>
                    {
                        if (sent.Change is { } change)
                        {
                            Write(context, change, sent.Cursor);
                        }
                    },
                    cancellationToken
                );
            }
        );
    }

    private static void Write(CommandContext context, ConnectionChange change, string cursor)
    {
        var result = new ChangeResult(
            Format.Time(change.ChangeTime),
            NameOf(change.Kind),
            change.FirstId,
            NullIfEmpty(change.SecondId),
            NullIfEmpty(change.ActorId),
            change.Status == ConnectionStatus.Unspecified ? null : Format.Name(change.Status),
            NullIfEmpty(change.InvitationId),
            change.Revision,
            cursor
        );
        var pair =
            change.SecondId.Length == 0 ? change.FirstId : $"{change.FirstId} {change.SecondId}";
        var by = change.ActorId.Length == 0 ? "" : $", by {change.ActorId}";
        context.Write(result, $"{Format.Cell(result.Time)}  {result.Kind, -14} {pair}{by}");
    }

    // the words of the contract: decline_undone
    private static string NameOf(ConnectionChangeKind kind) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private sealed record ChangeResult(
        DateTimeOffset? Time,
        string Kind,
        string FirstId,
        string? SecondId,
        string? ActorId,
        string? Status,
        string? InvitationId,
        string Revision,
        string Cursor
    );
}
