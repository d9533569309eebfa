using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

public sealed class FakeBlocksService(FakeState state) : BlocksService.BlocksServiceBase
{
    // 2026-03-01T12:00:00Z
    private static readonly Timestamp Time = new() { Seconds = 1_772_366_400 };

    public override async Task<BlockMemberResponse> BlockMember(
        BlockMemberRequest request,
        ServerCallContext context
    )
    {
        var member = await state.EnterAsync(context, request.MemberId);
        state.Blocks.Enqueue((member, request.OtherId));
        return new BlockMemberResponse
        {
            Block = new Block { BlockedId = request.OtherId, BlockTime = Time },
            Revision = "r1",
        };
    }

    public override async Task<UnblockMemberResponse> UnblockMember(
        UnblockMemberRequest request,
        ServerCallContext context
    )
    {
        var member = await state.EnterAsync(context, request.MemberId);
        return state.Blocks.Contains((member, request.OtherId))
            ? new UnblockMemberResponse { Revision = "r2", BlockFromTime = Time }
            : throw Refusals.Of(ErrorReason.NotBlocked);
    }

    public override async Task<ListBlocksResponse> ListBlocks(
        ListBlocksRequest request,
        ServerCallContext context
    )
    {
        var member = await state.EnterAsync(context, request.MemberId);
        return new ListBlocksResponse
        {
            Blocks =
            {
                state
                    .Blocks.Where(block => block.Blocker == member)
                    .Select(block => new Block { BlockedId = block.Blocked, BlockTime = Time }),
            },
        };
    }
}
