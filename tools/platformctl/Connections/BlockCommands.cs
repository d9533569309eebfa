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
        return factory.CreateAs(
            "block",
            "A blocks B: it ends what is between them, and neither sees the other any more",
            one,
            [two],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(two);
                var response = await new BlocksService.BlocksServiceClient(
                    run.Invoker
                ).BlockMemberAsync(
                    new BlockMemberRequest
                    {
                        MemberId = member,
                        OtherId = other,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                run.Write(
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
        return factory.CreateAs(
            "unblock",
            "A lifts the block of B; it restores nothing",
            one,
            [two],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(two);
                var response = await new BlocksService.BlocksServiceClient(
                    run.Invoker
                ).UnblockMemberAsync(
                    new UnblockMemberRequest
                    {
                        MemberId = member,
                        OtherId = other,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                run.Write(
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
        return factory.CreateAs(
            "blocks",
            "List the members whom A blocks, newest first",
            owner,
            [limit],
            async run =>
            {
                var member = run.MemberId;
                var client = new BlocksService.BlocksServiceClient(run.Invoker);
                await run.ListAsync<Block, BlockResult>(
                    limit,
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
                            run.Call()
                        );
                        return (page.Blocks, page.NextPageToken);
                    },
                    block => new BlockResult(block.BlockedId, Format.Time(block.BlockTime)),
                    new ListTable<BlockResult>(
                        $"{member} blocks nobody",
                        ["member", "blocked"],
                        block => [block.MemberId, Format.Cell(block.BlockTime)]
                    )
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
