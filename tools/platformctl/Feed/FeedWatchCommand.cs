using System.CommandLine;
using Platform.Ctl.Cli;
using Platform.Feed.V1;

namespace Platform.Ctl.Feed;

/// <summary>A home feed as it changes.</summary>
public static class FeedWatchCommand
{
    public static Command Create(CommandFactory factory)
    {
        var viewer = Arguments.Member("A", "Whose home feed");
        var cursor = new Option<string>("--cursor")
        {
            Description = "Go on where an earlier watch stopped",
            HelpName = "CURSOR",
            DefaultValueFactory = _ => "",
        };
        return factory.Create(
            "watch",
            "Print what comes into A's home feed, changes there and leaves it, until Ctrl-C",
            [viewer, cursor],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(viewer);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var client = new HomeFeedService.HomeFeedServiceClient(session.Invoker);
                return await ResumedStream.PrintAsync(
                    context,
                    context.Parse.GetRequiredValue(cursor),
                    from =>
                        client.WatchHomeFeed(
                            new WatchHomeFeedRequest { MemberId = member, Cursor = from },
                            cancellationToken: cancellationToken
                        ),
                    sent => sent.Cursor,
                    sent => Write(context, sent),
                    cancellationToken
                );
            }
        );
    }

    private static void Write(CommandContext context, WatchHomeFeedResponse sent)
    {
        if (sent.Removed is { } removed)
        {
            context.Write(
                new ChangeResult("removed", removed.PostId, null, null, null, null, sent.Cursor),
                $"- {removed.PostId}"
            );
        }
        else if (sent.Entry is { Post: var post } entry)
        {
            string[] reasons = [.. entry.Reasons.Select(FeedCommands.Reason)];
            context.Write(
                new ChangeResult(
                    "entry",
                    post.PostId,
                    Format.Name(post.Author),
                    post.Text,
                    Format.Time(post.CreateTime),
                    reasons,
                    sent.Cursor
                ),
                $"+ {post.PostId}  {Format.Name(post.Author)} ({string.Join(", ", reasons)}): {post.Text}"
            );
        }
    }

    private sealed record ChangeResult(
        string Event,
        string PostId,
        string? Author,
        string? Text,
        DateTimeOffset? CreateTime,
        IReadOnlyList<string>? Reasons,
        string Cursor
    );
}
