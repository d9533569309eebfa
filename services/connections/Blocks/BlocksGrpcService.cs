using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.Connections;
using Platform.Connections.Invitations;
using Platform.Connections.Limits;
using Platform.Connections.Relationships;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Blocks;

/// <summary>Translates the contract of blocks.</summary>
public sealed class BlocksGrpcService(
    BlocksHandler handler,
    QuotasHandler quotas,
    RevisionGate gate
) : BlocksService.BlocksServiceBase
{
    private const int MaxBatch = 1000;
    private const int DefaultPage = 50;
    private const int MaxPage = 1000;

    /// <inheritdoc />
    public override async Task<BlockMemberResponse> BlockMember(
        BlockMemberRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("other_id", request.OtherId)
            .ThrowIfInvalid();
        var answer = await handler.BlockAsync(
            actor,
            context.GetCaller().Tier,
            request.OtherId,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new BlockMemberResponse
        {
            Block = new Block
            {
                BlockedId = request.OtherId,
                BlockTime = answer.BlockTime!.Value.ToTimestamp(),
            },
            Revision = RevisionToken.Write(answer.Revision),
            Quotas = { await ReadQuotasAsync(context, actor) },
        };
    }

    /// <inheritdoc />
    public override async Task<UnblockMemberResponse> UnblockMember(
        UnblockMemberRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("other_id", request.OtherId)
            .ThrowIfInvalid();
        var answer = await handler.UnblockAsync(
            actor,
            request.OtherId,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new UnblockMemberResponse
        {
            Revision = RevisionToken.Write(answer.Revision),
            BlockFromTime = answer.BlockTime!.Value.ToTimestamp(),
            Quotas = { await ReadQuotasAsync(context, actor) },
        };
    }

    /// <inheritdoc />
    public override async Task<ListBlocksResponse> ListBlocks(
        ListBlocksRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var validator = new RequestValidator();
        var limit = validator.PageSize(request.PageSize, DefaultPage, MaxPage);
        validator.ThrowIfInvalid();
        var scope = $"blocks/{actor}";
        var after = ListPositionText.Read(PageToken.Decode(scope, request.PageToken));
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);

        // one more than asked for tells whether there is a next page
        var entries = await handler.ListAsync(actor, after, limit + 1, context.CancellationToken);
        var response = new ListBlocksResponse
        {
            NextPageToken =
                entries.Count > limit
                    ? PageToken.Encode(scope, ListPositionText.Write(entries[limit - 1].Position))
                    : "",
        };
        foreach (var entry in entries.Take(limit))
        {
            response.Blocks.Add(
                new Block { BlockedId = entry.OtherId, BlockTime = entry.Time.ToTimestamp() }
            );
        }
        return response;
    }

    /// <inheritdoc />
    public override async Task<CheckBlockResponse> CheckBlock(
        CheckBlockRequest request,
        ServerCallContext context
    )
    {
        var (member, seesBoth) = ViewerOf(context, request.MemberId);
        new RequestValidator().MemberId("other_id", request.OtherId).ThrowIfInvalid();
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var standings = await handler.CheckAsync(
            member,
            [request.OtherId],
            context.CancellationToken
        );
        return new CheckBlockResponse { Check = ToProto(request.OtherId, standings[0], seesBoth) };
    }

    /// <inheritdoc />
    public override async Task<BatchCheckBlocksResponse> BatchCheckBlocks(
        BatchCheckBlocksRequest request,
        ServerCallContext context
    )
    {
        var (member, seesBoth) = ViewerOf(context, request.MemberId);
        new RequestValidator()
            .Batch("other_ids", request.OtherIds.Count, MaxBatch)
            .MemberIds("other_ids", request.OtherIds)
            .ThrowIfInvalid();
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var standings = await handler.CheckAsync(
            member,
            request.OtherIds,
            context.CancellationToken
        );
        return new BatchCheckBlocksResponse
        {
            Checks =
            {
                request.OtherIds.Select(
                    (other, index) => ToProto(other, standings[index], seesBoth)
                ),
            },
        };
    }

    private async Task<IEnumerable<V1.Quota>> ReadQuotasAsync(
        ServerCallContext context,
        string member
    ) =>
        (
            await quotas.ReadAsync(
                member,
                context.GetCaller().Tier,
                [Limits.QuotaKind.Blocks],
                context.CancellationToken
            )
        ).Select(QuotaMapping.ToProto);

    // operators act for nobody, but may look at any pair
    private static (string Member, bool SeesBoth) ViewerOf(
        ServerCallContext context,
        string memberId
    )
    {
        var caller = context.GetCaller();
        if (caller.Role != CallerRole.Operator)
        {
            return (ActingMember.Of(context, memberId), caller.Role == CallerRole.Service);
        }
        if (memberId.Length == 0)
        {
            throw new DomainException(
                ErrorReason.MemberIdRequired,
                "An operator must name the member whose blocks are asked for in member_id."
            ).WithField("member_id", "required with an operator token");
        }
        new RequestValidator().MemberId("member_id", memberId).ThrowIfInvalid();
        return (memberId, true);
    }

    private static BlockCheck ToProto(string other, BlockStanding standing, bool seesBoth) =>
        new()
        {
            OtherId = other,
            Blocks = standing.Blocks,
            BlockedBy = seesBoth && standing.BlockedBy,
        };
}
