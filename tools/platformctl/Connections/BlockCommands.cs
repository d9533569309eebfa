using System.CommandLine;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>Blocks.</summary>
public static class BlockCommands
{
    private const int MaxPageSize = 1000;

    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [Block(factory), Unblock(factory), Blocks(factory)];

    private static Command Block(CommandFactory factory)
    {
        var one = Arguments.Member("A", "Who blocks");
        var two = Arguments.Member("B", "Who is blocked, and is not told");
        return factory.Create(
            "block",
            "A blocks B: it ends what is between them, and neither sees the other any more",
            [one, two],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(one);
                var other = context.Parse.GetRequiredValue(two);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var response = await new BlocksService.BlocksServiceClient(
                    session.Invoker
                ).BlockMemberAsync(
                    new BlockMemberRequest
                    {
                        MemberId = member,
                        OtherId = other,
                        RequestId = RequestIds.New(),
                    },
                    session.Call(cancellationToken)
                );
                context.Write(
                    new BlockedResult(
                        member,
                        response.Block.BlockedId,
                        Format.Time(response.Block.BlockTime),
                        response.Revision
                    ),
                    $"{member} blocks {other}"
                );
            }
        );
    }

    private static Command Unblock(CommandFactory factory)
    {
        var one = Arguments.Member("A", "Who lifts the block");
        var two = Arguments.Member("B", "Who was blocked");
        return factory.Create(
            "unblock",
            "A lifts the block of B; it restores nothing",
            [one, two],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(one);
                var other = context.Parse.GetRequiredValue(two);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var response = await new BlocksService.BlocksServiceClient(
                    session.Invoker
                ).UnblockMemberAsync(
                    new UnblockMemberRequest
                    {
                        MemberId = member,
                        OtherId = other,
                        RequestId = RequestIds.New(),
                    },
                    session.Call(cancellationToken)
                );
                context.Write(
                    new UnblockedResult(
                        member,
                        other,
                        Format.Time(response.BlockFromTime),
                        response.Revision
                    ),
                    $"{member} blocks {other} no more, and cannot again before {Format.Cell(Format.Time(response.BlockFromTime))}"
                );
            }
        );
    }

    private static Command Blocks(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose blocks");
        var limit = Arguments.Limit(50);
        return factory.Create(
            "blocks",
            "List the members whom A blocks, newest first",
            [owner, limit],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(owner);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var client = new BlocksService.BlocksServiceClient(session.Invoker);
                var blocks = await Pages.CollectAsync<Block>(
                    context.Parse.GetRequiredValue(limit),
                    MaxPageSize,
                    async (size, token) =>
                    {
                        var page = await client.ListBlocksAsync(
                            new ListBlocksRequest
                            {
                                MemberId = member,
                                PageSize = size,
                                PageToken = token,
                            },
                            session.Call(cancellationToken)
                        );
                        return (page.Blocks, page.NextPageToken);
                    }
                );
                context.WriteList(
                    blocks.Select(block => new BlockResult(
                        block.BlockedId,
                        Format.Time(block.BlockTime)
                    )),
                    $"{member} blocks nobody",
                    ["member", "blocked"],
                    block => [block.MemberId, Format.Cell(block.BlockTime)]
                );
            }
        );
    }

    private sealed record BlockedResult(
        string MemberId,
        string BlockedId,
        DateTimeOffset? BlockTime,
        string Revision
    );

    private sealed record UnblockedResult(
        string MemberId,
        string OtherId,
        DateTimeOffset? BlockFromTime,
        string Revision
    );

    private sealed record BlockResult(string MemberId, DateTimeOffset? BlockTime);
}
