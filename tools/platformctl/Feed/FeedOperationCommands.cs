using System.CommandLine;
using Grpc.Core;
using Platform.Ctl.Cli;
using Platform.Feed.V1;

namespace Platform.Ctl.Feed;

/// <summary>Looking after home timelines, as an operator.</summary>
public static class FeedOperationCommands
{
    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [Rebuild(factory), Verify(factory)];

    private static Command Rebuild(CommandFactory factory)
    {
        var member = OneOrAll("Whose timeline; without it all that there are");
        var cursor = Cursor("Go on where an earlier rebuild stopped");
        return factory.Create(
            "rebuild",
            "Throw home timelines away and build them anew from the stored posts (operators)",
            [member, cursor],
            async (context, cancellationToken) =>
            {
                using var session = await context.OperateAsync(cancellationToken);
                var last = await FollowAsync(
                    context,
                    context.Parse.GetRequiredValue(cursor),
                    from =>
                        new FeedOperationsService.FeedOperationsServiceClient(
                            session.Invoker
                        ).RebuildFeed(
                            new RebuildFeedRequest
                            {
                                MemberId = context.Parse.GetValue(member) ?? "",
                                Cursor = from,
                            },
                            cancellationToken: cancellationToken
                        ),
                    sent => (sent.Cursor, sent.Done),
                    sent =>
                        $"{sent.TimelinesRebuilt} timelines rebuilt, {sent.EntriesWritten} entries written",
                    cancellationToken
                );
                context.Write(
                    new RebuildResult(last.TimelinesRebuilt, last.EntriesWritten),
                    $"{last.TimelinesRebuilt} timelines rebuilt, {last.EntriesWritten} entries written"
                );
            }
        );
    }

    private static Command Verify(CommandFactory factory)
    {
        var member = OneOrAll("Whose timeline; without it all that there are");
        var repair = new Option<bool>("--repair")
        {
            Description = "Build anew what has a finding; without it nothing is changed",
        };
        var cursor = Cursor("Go on where an earlier verification stopped");
        return factory.Create(
            "verify",
            "Compare home timelines with posts and relations, while traffic goes on (operators)",
            [member, repair, cursor],
            async (context, cancellationToken) =>
            {
                using var session = await context.OperateAsync(cancellationToken);
                var last = await FollowAsync(
                    context,
                    context.Parse.GetRequiredValue(cursor),
                    from =>
                        new FeedOperationsService.FeedOperationsServiceClient(
                            session.Invoker
                        ).VerifyFeed(
                            new VerifyFeedRequest
                            {
                                MemberId = context.Parse.GetValue(member) ?? "",
                                Repair = context.Parse.GetValue(repair),
                                Cursor = from,
                            },
                            cancellationToken: cancellationToken
                        ),
                    sent =>
                    {
                        foreach (var finding in sent.Findings)
                        {
                            Write(context, finding);
                        }
                        return (sent.Cursor, sent.Done);
                    },
                    Sum,
                    cancellationToken
                );
                context.Write(
                    new VerifyResult(last.TimelinesChecked, last.FindingsTotal, last.RepairedTotal),
                    Sum(last)
                );
                return last.FindingsTotal > last.RepairedTotal ? ExitCode.Partial : ExitCode.Ok;
            }
        );
    }

    private static string Sum(VerifyFeedResponse sent) =>
        $"{sent.TimelinesChecked} timelines checked, {sent.FindingsTotal} findings, {sent.RepairedTotal} mended";

    /// <summary>Reads a stream of progress to its end; says how far it is, and where to go on when it breaks off.</summary>
    private static async Task<T> FollowAsync<T>(
        CommandContext context,
        string cursor,
        Func<string, AsyncServerStreamingCall<T>> open,
        Func<T, (string Cursor, bool Done)> take,
        Func<T, string> describe,
        CancellationToken cancellationToken
    )
        where T : class, new()
    {
        try
        {
            using var call = open(cursor);
            await foreach (var sent in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                (cursor, var done) = take(sent);
                if (done)
                {
                    return sent;
                }
                context.Console.WriteNote(describe(sent));
            }
            return new T();
        }
        catch (Exception) when (cursor.Length > 0)
        {
            context.Console.WriteNote($"go on with --cursor {cursor}");
            throw;
        }
    }

    private static void Write(CommandContext context, FeedFinding finding) =>
        context.Write(
            new FindingResult(
                finding.MemberId,
                finding.PostId,
                Format.Name(finding.Kind),
                finding.Repaired
            ),
            $"{Format.Name(finding.Kind), -11} {finding.MemberId} {finding.PostId}{(finding.Repaired ? ", mended" : "")}"
        );

    private static Argument<string?> OneOrAll(string description) =>
        new("A") { Description = description, Arity = ArgumentArity.ZeroOrOne };

    private static Option<string> Cursor(string description) =>
        new("--cursor")
        {
            Description = description,
            HelpName = "CURSOR",
            DefaultValueFactory = _ => "",
        };

    private sealed record RebuildResult(long TimelinesRebuilt, long EntriesWritten);

    private sealed record VerifyResult(long Checked, long Found, long Repaired);

    private sealed record FindingResult(string MemberId, string PostId, string Kind, bool Repaired);
}
