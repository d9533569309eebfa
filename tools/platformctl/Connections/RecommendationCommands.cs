using System.CommandLine;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>Recommendations: one command with a verb below it for each thing that author and recipient do.</summary>
public static class RecommendationCommands
{
    private delegate Task<(Recommendation Recommendation, string Revision)> Change(
        MemberRun run,
        Recommendation recommendation
    );

    public static Command Create(CommandFactory factory)
    {
        var group = new Command(
            "recommendation",
            "Recommendations between connections: ask for, write, accept, show, revise, list"
        );
        Command[] verbs =
        [
            Request(factory),
            Write(factory),
            Accept(factory),
            Decline(factory),
            Hide(factory),
            Show(factory),
            AskForRevision(factory),
            Revise(factory),
            Withdraw(factory),
            List(factory),
        ];
        foreach (var verb in verbs)
        {
            group.Subcommands.Add(verb);
        }
        return group;
    }

    private static Command Request(CommandFactory factory)
    {
        var recipient = Arguments.Member("A", "Who asks to be recommended");
        var author = Arguments.Member("B", "Who is asked to write; a connection of A");
        var text = TextOption("--text", "Words for B, at most 300 characters");
        var relationship = Relationship("How the two know each other, at most 100 characters");
        return factory.CreateAs(
            "request",
            "A asks B for a recommendation",
            recipient,
            [author, text, relationship],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(author);
                var response = await Client(run)
                    .RequestRecommendationAsync(
                        new RequestRecommendationRequest
                        {
                            MemberId = member,
                            AuthorId = other,
                            Text = run.Parse.GetValue(text) ?? "",
                            Relationship = run.Parse.GetValue(relationship) ?? "",
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                run.Write(
                    RecommendationResult.From(response.Recommendation, response.Revision),
                    $"{member} asked {other} for a recommendation"
                );
            }
        );
    }

    private static Command Write(CommandFactory factory)
    {
        var author = Arguments.Member("A", "Who writes");
        var recipient = Arguments.Member("B", "Whom it is about; a connection of A");
        var text = Arguments.Text("TEXT", "The recommendation: 1 to 3,000 characters");
        var relationship = Relationship("How A knows B, at most 100 characters");
        return factory.CreateAs(
            "write",
            "A recommends B; it waits for B",
            author,
            [recipient, text, relationship],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(recipient);
                var response = await Client(run)
                    .WriteRecommendationAsync(
                        new WriteRecommendationRequest
                        {
                            MemberId = member,
                            RecipientId = other,
                            Text = run.Parse.GetRequiredValue(text),
                            Relationship = run.Parse.GetValue(relationship) ?? "",
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                run.Write(
                    RecommendationResult.From(response.Recommendation, response.Revision),
                    $"{member} wrote a recommendation of {other}, who decides on it"
                );
            }
        );
    }

    private static Command Accept(CommandFactory factory) =>
        ByRecipient(
            factory,
            "accept",
            "A accepts the recommendation by B, as it is now, and shows it",
            [],
            (member, other) => $"{member} accepted the recommendation by {other}",
            async (run, recommendation) =>
            {
                var response = await Client(run)
                    .AcceptRecommendationAsync(
                        new AcceptRecommendationRequest
                        {
                            MemberId = recommendation.RecipientId,
                            RecommendationId = recommendation.RecommendationId,
                            SeenUpdateTime = recommendation.UpdateTime,
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                return (response.Recommendation, response.Revision);
            }
        );

    private static Command Hide(CommandFactory factory) =>
        ByRecipient(
            factory,
            "hide",
            "A takes the recommendation by B off the profile",
            [],
            (member, other) => $"{member} hides the recommendation by {other}",
            async (run, recommendation) =>
            {
                var response = await Client(run)
                    .HideRecommendationAsync(
                        new HideRecommendationRequest
                        {
                            MemberId = recommendation.RecipientId,
                            RecommendationId = recommendation.RecommendationId,
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                return (response.Recommendation, response.Revision);
            }
        );

    private static Command Show(CommandFactory factory) =>
        ByRecipient(
            factory,
            "show",
            "A puts the recommendation by B back on the profile",
            [],
            (member, other) => $"{member} shows the recommendation by {other}",
            async (run, recommendation) =>
            {
                var response = await Client(run)
                    .ShowRecommendationAsync(
                        new ShowRecommendationRequest
                        {
                            MemberId = recommendation.RecipientId,
                            RecommendationId = recommendation.RecommendationId,
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                return (response.Recommendation, response.Revision);
            }
        );

    private static Command AskForRevision(CommandFactory factory)
    {
        var text = TextOption("--text", "What should change, at most 300 characters");
        return ByRecipient(
            factory,
            "ask-revision",
            "A asks B for another version; an accepted one stays meanwhile",
            [text],
            (member, other) => $"{member} asked {other} for another version",
            async (run, recommendation) =>
            {
                var response = await Client(run)
                    .AskForRevisionAsync(
                        new AskForRevisionRequest
                        {
                            MemberId = recommendation.RecipientId,
                            RecommendationId = recommendation.RecommendationId,
                            Text = run.Parse.GetValue(text) ?? "",
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                return (response.Recommendation, response.Revision);
            }
        );
    }

    private static Command Revise(CommandFactory factory)
    {
        var text = Arguments.Text("TEXT", "The new text: 1 to 3,000 characters");
        var relationship = Relationship("How A knows B; without it, it stays as it was");
        return OfTheTwo(
            factory,
            "revise",
            "A writes another version of the recommendation of B; it waits for B",
            [text, relationship],
            (member, other, _) => (member, other),
            (member, other) => $"{member} revised the recommendation of {other}, who decides on it",
            async (run, recommendation) =>
            {
                var response = await Client(run)
                    .ReviseRecommendationAsync(
                        new ReviseRecommendationRequest
                        {
                            MemberId = recommendation.AuthorId,
                            RecommendationId = recommendation.RecommendationId,
                            Text = run.Parse.GetRequiredValue(text),
                            Relationship = run.Parse.GetValue(relationship) ?? "",
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                return (response.Recommendation, response.Revision);
            }
        );
    }

    private static Command Decline(CommandFactory factory)
    {
        var request = new Option<bool>("--request")
        {
            Description =
                "B's request to be recommended, or for another version, instead of B's text",
        };
        return OfTheTwo(
            factory,
            "decline",
            "A declines the text by B, or with --request what B asked for",
            [request],
            (member, other, parse) => parse.GetValue(request) ? (member, other) : (other, member),
            (member, other) => $"{member} declined what came from {other}",
            async (run, recommendation) =>
            {
                var response = await Client(run)
                    .DeclineRecommendationAsync(
                        new DeclineRecommendationRequest
                        {
                            MemberId = run.Parse.GetValue(request)
                                ? recommendation.AuthorId
                                : recommendation.RecipientId,
                            RecommendationId = recommendation.RecommendationId,
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                return (response.Recommendation, response.Revision);
            }
        );
    }

    private static Command Withdraw(CommandFactory factory)
    {
        var request = new Option<bool>("--request")
        {
            Description =
                "A's request to be recommended, or for another version, instead of A's text",
        };
        return OfTheTwo(
            factory,
            "withdraw",
            "A takes back the recommendation of B, or with --request what A asked B for",
            [request],
            (member, other, parse) => parse.GetValue(request) ? (other, member) : (member, other),
            (member, other) => $"{member} took back what went to {other}",
            async (run, recommendation) =>
            {
                var response = await Client(run)
                    .WithdrawRecommendationAsync(
                        new WithdrawRecommendationRequest
                        {
                            MemberId = run.Parse.GetValue(request)
                                ? recommendation.RecipientId
                                : recommendation.AuthorId,
                            RecommendationId = recommendation.RecommendationId,
                            RequestId = RequestIds.New(),
                        },
                        run.Call()
                    );
                return (response.Recommendation, response.Revision);
            }
        );
    }

    private static Command List(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose recommendations");
        var written = new Option<bool>("--written")
        {
            Description = "Those that A wrote or was asked for, instead of those that A received",
        };
        var viewer = new Option<string?>("--as")
        {
            Description = "As V sees them: only what is accepted and shown; without it, as A",
            HelpName = "V",
        };
        var limit = Arguments.Limit(50);
        return factory.Create(
            "list",
            "List the recommendations of A, newest first",
            [owner, written, viewer, limit],
            async (context, cancellationToken) =>
            {
                var whose = context.Parse.GetRequiredValue(owner);
                var member = context.Parse.GetValue(viewer) ?? whose;
                var wantsWritten = context.Parse.GetValue(written);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var run = new MemberRun(context, member, session, cancellationToken);
                await run.ListAsync<Recommendation, RecommendationResult>(
                    limit,
                    RecommendationSearch.MaxPageSize,
                    (size, token) =>
                        RecommendationSearch.PageAsync(run, whose, wantsWritten, size, token),
                    item => RecommendationResult.From(item),
                    new ListTable<RecommendationResult>(
                        $"{whose} has {(wantsWritten ? "written" : "received")} no recommendations",
                        ["created", "author", "recipient", "state", "shown", "text"],
                        item =>
                            [
                                Format.Cell(item.CreateTime),
                                item.AuthorId,
                                item.RecipientId,
                                item.State,
                                item.Shown ? "yes" : "no",
                                item.Text ?? "",
                            ]
                    )
                );
            }
        );
    }

    // what A does about the text by B
    private static Command ByRecipient(
        CommandFactory factory,
        string name,
        string description,
        IEnumerable<Symbol> symbols,
        Func<string, string, string> text,
        Change change
    ) =>
        OfTheTwo(
            factory,
            name,
            description,
            symbols,
            (member, other, _) => (other, member),
            text,
            change
        );

    private static Command OfTheTwo(
        CommandFactory factory,
        string name,
        string description,
        IEnumerable<Symbol> symbols,
        Func<string, string, ParseResult, (string Author, string Recipient)> direction,
        Func<string, string, string> text,
        Change change
    )
    {
        var actor = Arguments.Member("A", "Who acts");
        var counterpart = Arguments.Member("B", "The other one");
        return factory.CreateAs(
            name,
            description,
            actor,
            [counterpart, .. symbols],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(counterpart);
                var (author, recipient) = direction(member, other, run.Parse);
                var found = await RecommendationSearch.FindAsync(run, author, recipient);
                var (recommendation, revision) = await change(run, found);
                run.Write(RecommendationResult.From(recommendation, revision), text(member, other));
            }
        );
    }

    private static RecommendationsService.RecommendationsServiceClient Client(MemberRun run) =>
        new(run.Invoker);

    private static Option<string?> Relationship(string description) =>
        TextOption("--relationship", description);

    private static Option<string?> TextOption(string name, string description) =>
        new(name) { Description = description, HelpName = "TEXT" };
}
