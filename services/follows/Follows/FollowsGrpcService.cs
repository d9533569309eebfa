using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Limits;
using Platform.Follows.Mutes;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Follows.Visibility;
using Platform.Follows.Watch;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Idempotency;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;
using Quota = Platform.Follows.Limits.FollowQuota;

namespace Platform.Follows.Follows;

/// <summary>Translates the contract of follows.</summary>
public sealed partial class FollowsGrpcService(
    FollowsHandler handler,
    FollowChecks checks,
    MutesHandler mutes,
    FollowWatchHandler watch,
    FollowerCounts followerCounts,
    FollowLimitsSource limits,
    IFollowStore store,
    IMuteStore muteStore,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : FollowsService.FollowsServiceBase
{
    private const string Domain = "platform.follows.v1";

    // of entities that one call asks about
    private const int BatchCheckLimit = 500;

    public override async Task<FollowResponse> Follow(
        FollowRequest request,
        ServerCallContext context
    )
    {
        var (member, entity) = ReadPair(
            context,
            request.MemberId,
            request.Entity,
            request.RequestId
        );
        var answer = await handler.FollowAsync(
            member,
            entity,
            LimitsOf(context).Enforced,
            request.RequestId,
            FingerprintOf(request.RequestId, request),
            context.CancellationToken
        );
        return new FollowResponse
        {
            Revision = FollowRevision.Of(member, answer.Revision),
            Entity = entity.ToProto(),
            AlreadyFollowing = !answer.IsNew,
            Quota = answer.Quota.ToProto(),
        };
    }

    public override async Task<UnfollowResponse> Unfollow(
        UnfollowRequest request,
        ServerCallContext context
    )
    {
        var (member, entity) = ReadPair(
            context,
            request.MemberId,
            request.Entity,
            request.RequestId
        );
        var write = await handler.UnfollowAsync(
            member,
            entity,
            request.RequestId,
            FingerprintOf(request.RequestId, request),
            context.CancellationToken
        );
        return new UnfollowResponse { Revision = FollowRevision.Of(member, write.Revision) };
    }

    public override async Task<BatchFollowResponse> BatchFollow(
        BatchFollowRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var tier = LimitsOf(context);
        new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId)
            .Batch("entities", request.Entities.Count, tier.BatchFollows)
            .ThrowIfInvalid();
        var wishes = request
            .Entities.Select((entity, index) => WishOf(entity, request.RequestId, index))
            .ToList();
        var answers = await handler.FollowAsync(
            member,
            wishes,
            tier.Enforced,
            FingerprintOf(request.RequestId, request),
            context.CancellationToken
        );
        return new BatchFollowResponse
        {
            Results =
            {
                answers.Select(
                    (item, index) =>
                        new BatchFollowResult
                        {
                            Entity = wishes[index].Refusal is null
                                ? wishes[index].Entity.ToProto()
                                : request.Entities[index],
                            Status = item.Refusal?.ToStatus(Domain) ?? new Google.Rpc.Status(),
                            AlreadyFollowing = item.Answer is { IsNew: false },
                        }
                ),
            },
            Revision = FollowRevision.Of(member, answers.Max(item => item.Answer?.Revision ?? 0)),
            // the last of them knows what the others took
            Quota = answers
                .Select(item => item.Answer?.Quota)
                .LastOrDefault(quota => quota is not null)
                .ToProto(),
        };
    }

    public override async Task<RemoveFollowerResponse> RemoveFollower(
        RemoveFollowerRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId)
            .MemberId("follower_id", request.FollowerId)
            .ThrowIfInvalid();
        var write = await handler.RemoveFollowerAsync(
            member,
            request.FollowerId,
            request.RequestId,
            FingerprintOf(request.RequestId, request),
            context.CancellationToken
        );
        return new RemoveFollowerResponse
        {
            Revision = FollowRevision.Of(request.FollowerId, write.Revision),
        };
    }

    public override async Task<GetFollowQuotaResponse> GetFollowQuota(
        GetFollowQuotaRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator().MemberId("member_id", member).ThrowIfInvalid();
        var bounds = LimitsOf(context).Bounds;
        var usage = await store.ReadUsageAsync(member, context.CancellationToken);
        return new GetFollowQuotaResponse { Quota = new Quota(bounds, usage).ToProto() };
    }

    private static FollowWish WishOf(Entity entity, string requestId, int index)
    {
        var validator = new RequestValidator();
        var followable = validator.Entity($"entities[{index}]", entity);
        // Each item remembers its own answer; a slash cannot be part of a caller's id.
        var itemId = requestId.Length == 0 ? "" : $"{requestId}/{index}";
        try
        {
            validator.ThrowIfInvalid();
            return new FollowWish(followable, null, itemId);
        }
        catch (DomainException refusal)
        {
            return new FollowWish(followable, refusal, itemId);
        }
    }

    /// <summary>Who acts, and on what.</summary>
    private static (string Member, Followable Entity) ReadPair(
        ServerCallContext context,
        string memberId,
        Entity entity,
        string requestId = ""
    )
    {
        var member = context.GetCaller().ActAs(memberId);
        var validator = new RequestValidator().MemberId("member_id", member).RequestId(requestId);
        var followable = validator.Entity("entity", entity);
        validator.ThrowIfInvalid();
        return (member, followable);
    }

    /// <summary>
    /// Who looks. A service that names whose list it wants need not look as somebody: then this is empty.
    /// </summary>
    private static string ViewerOf(
        Caller caller,
        string memberId,
        bool namesOwner,
        RequestValidator validator
    )
    {
        if (caller.Role == CallerRole.Service && memberId.Length == 0 && namesOwner)
        {
            return "";
        }
        var viewer = caller.ActAs(memberId);
        validator.MemberId("member_id", viewer);
        return viewer;
    }

    private FollowTierLimits LimitsOf(ServerCallContext context) =>
        limits.Of(context.GetCaller().Tier);

    private static string FingerprintOf(string requestId, Google.Protobuf.IMessage request) =>
        requestId.Length == 0 ? "" : RequestFingerprint.Of(request);
}
