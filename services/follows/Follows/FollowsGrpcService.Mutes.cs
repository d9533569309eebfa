using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Mutes;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Follows;

/// <content>Mutes.</content>
public sealed partial class FollowsGrpcService
{
    public override async Task<MuteResponse> Mute(MuteRequest request, ServerCallContext context)
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId)
            .Optional("scope", request.Scope);
        var entity = validator.Entity("entity", request.Entity);
        var end = ReadEnd(validator, request.EndTime);
        validator.ThrowIfInvalid();
        var write = await mutes.MuteAsync(
            new MuteChange(
                member,
                entity,
                request.Scope.ToDomain(),
                end,
                request.RequestId,
                FingerprintOf(request.RequestId, request)
            ),
            context.CancellationToken
        );
        return new MuteResponse
        {
            Mute = write.Mute?.ToProto(),
            Revision = FollowRevision.Of(member, write.Revision),
        };
    }

    public override async Task<UnmuteResponse> Unmute(
        UnmuteRequest request,
        ServerCallContext context
    )
    {
        var (member, entity) = ReadPair(
            context,
            request.MemberId,
            request.Entity,
            request.RequestId
        );
        var write = await mutes.UnmuteAsync(
            new MuteChange(
                member,
                entity,
                Scope: null,
                End: null,
                request.RequestId,
                FingerprintOf(request.RequestId, request)
            ),
            context.CancellationToken
        );
        return new UnmuteResponse { Revision = FollowRevision.Of(member, write.Revision) };
    }

    public override async Task<ListMutedResponse> ListMuted(
        ListMutedRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .Optional("kind", request.Kind);
        var size = validator.PageSize(request.PageSize, DefaultPage, LargestPage);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var scope = $"ListMuted|{member}|{(int)request.Kind}";
        var (page, next) = await mutes.ListAsync(
            member,
            request.Kind == EntityKind.Unspecified ? null : (FollowKind)(int)request.Kind,
            PageToken.Decode(scope, request.PageToken),
            size,
            context.CancellationToken
        );
        return new ListMutedResponse
        {
            Mutes = { page.Select(MuteMapping.ToProto) },
            NextPageToken = PageToken.Encode(scope, next),
        };
    }

    private DateTimeOffset? ReadEnd(RequestValidator validator, Timestamp? end)
    {
        var moment = validator.Time("end_time", end);
        if (moment <= time.GetUtcNow())
        {
            validator.Add("end_time", "must be in the future");
        }
        return moment;
    }
}
