using System.CommandLine;
using Platform.Ctl.Cli;
using Platform.Feed.V1;

namespace Platform.Ctl.Feed;

/// <summary>Posts and the home feed.</summary>
public static class FeedCommands
{
    private const int MaxPageSize = 100;

    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [Post(factory), Feed(factory)];

    private static Command Post(CommandFactory factory)
    {
        var author = Arguments.Member("A", "The author");
        var text = Arguments.Text(
            "TEXT",
            "What the post says: 1 to 3,000 characters; #words are hashtags"
        );
        var audience = new Option<string>("--audience")
        {
            Description = "Who may see it",
            HelpName = "everyone|connections",
            DefaultValueFactory = _ => "everyone",
        };
        audience.AcceptOnlyFromAmong("everyone", "connections");
        return factory.CreateAs(
            "post",
            "Publish a post of A",
            author,
            [text, audience],
            async run =>
            {
                var member = run.MemberId;
                var response = await new PostsService.PostsServiceClient(
                    run.Invoker
                ).CreatePostAsync(
                    new CreatePostRequest
                    {
                        MemberId = member,
                        Text = run.Parse.GetRequiredValue(text),
                        Audience =
                            run.Parse.GetRequiredValue(audience) == "connections"
                                ? PostAudience.Connections
                                : PostAudience.Everyone,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                var post = response.Post;
                run.Write(
                    new PostResult(
                        post.PostId,
                        Format.Name(post.Author),
                        post.Text,
                        [.. post.Hashtags],
                        Format.Name(post.Audience),
                        Format.Time(post.CreateTime),
                        response.Revision
                    ),
                    $"{member} published post {post.PostId}"
                );
            }
        );
    }

    private static Command Feed(CommandFactory factory)
    {
        var viewer = Arguments.Member("A", "Whose home feed");
        var order = new Option<string>("--order")
        {
            Description = "Newest first, or by relevance",
            HelpName = "recent|ranked",
            DefaultValueFactory = _ => "recent",
        };
        order.AcceptOnlyFromAmong("recent", "ranked");
        var limit = Arguments.Limit(20);
        var command = factory.CreateAs(
            "feed",
            "Show the home feed of A, each post with why it is there",
            viewer,
            [order, limit],
            async run =>
            {
                var member = run.MemberId;
                var client = new HomeFeedService.HomeFeedServiceClient(run.Invoker);
                ListHomeFeedResponse? last = null;
                await run.ListAsync<FeedEntry, EntryResult>(
                    limit,
                    MaxPageSize,
                    async (size, token) =>
                    {
                        last = await client.ListHomeFeedAsync(
                            new ListHomeFeedRequest
                            {
                                MemberId = member,
                                Order =
                                    run.Parse.GetRequiredValue(order) == "ranked"
                                        ? FeedOrder.Ranked
                                        : FeedOrder.Recent,
                                PageSize = size,
                                PageToken = token,
                            },
                            run.Call()
                        );
                        return (last.Entries, last.NextPageToken);
                    },
                    entry => new EntryResult(
                        entry.Post.PostId,
                        Format.Name(entry.Post.Author),
                        entry.Post.Text,
                        Format.Time(entry.Post.CreateTime),
                        [.. entry.Reasons.Select(Reason)]
                    ),
                    new ListTable<EntryResult>(
                        "the home feed is empty",
                        ["time", "author", "why", "post", "text"],
                        entry =>
                            [
                                Format.Cell(entry.CreateTime),
                                entry.Author,
                                string.Join(", ", entry.Reasons),
                                entry.PostId,
                                entry.Text,
                            ]
                    )
                );
                run.Context.WriteGaps(last?.Completeness);
                if (last?.Rebuilding == true)
                {
                    run.Context.Console.WriteNote(
                        "the feed is being built; entries may still be missing"
                    );
                }
            }
        );
        command.Subcommands.Add(FeedWatchCommand.Create(factory));
        foreach (var verb in FeedOperationCommands.Create(factory))
        {
            command.Subcommands.Add(verb);
        }
        return command;
    }

    // Whom it is about is the author, which the entry says already; only a hashtag adds something.
    internal static string Reason(FeedReason reason) =>
        reason.Kind == FeedReasonKind.Hashtag
            ? $"hashtag:{reason.Entity?.Id}"
            : Format.Name(reason.Kind);

    private sealed record PostResult(
        string PostId,
        string Author,
        string Text,
        IReadOnlyList<string> Hashtags,
        string Audience,
        DateTimeOffset? CreateTime,
        string Revision
    );

    private sealed record EntryResult(
        string PostId,
        string Author,
        string Text,
        DateTimeOffset? CreateTime,
        IReadOnlyList<string> Reasons
    );
}
