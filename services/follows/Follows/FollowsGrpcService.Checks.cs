using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Mutes;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Follows;

/// <content>What stands between members and entities.</content>
public sealed partial class FollowsGrpcService
{
    public override async Task<CheckFollowResponse> CheckFollow(
        CheckFollowRequest request,
        ServerCallContext context
    )
    {
        var (member, entity) = ReadPair(context, request.MemberId, request.Entity);
        FollowRevision.Require(request.Consistency);
        var answers = await CheckAsync(
            member,
            [entity],
            [request.Entity],
            request.IncludeCanFollow,
            context
        );
        return new CheckFollowResponse { Check = answers[0] };
    }

    public override async Task<BatchCheckFollowsResponse> BatchCheckFollows(
        BatchCheckFollowsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .Batch("entities", request.Entities.Count, BatchCheckLimit);
        var entities = validator.Entities("entities", request.Entities);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        return new BatchCheckFollowsResponse
        {
            Checks =
            {
                await CheckAsync(
                    member,
                    entities,
                    [.. request.Entities],
                    request.IncludeCanFollow,
                    context
                ),
            },
        };
    }

    private async Task<FollowCheck[]> CheckAsync(
        string member,
        Followable[] entities,
        Entity[] asked,
        bool includeCanFollow,
        ServerCallContext context
    )
    {
        var (standings, refusals) = await ReadAsync(member, entities, includeCanFollow, context);
        var answers = new FollowCheck[entities.Length];
        for (var index = 0; index < answers.Length; index++)
        {
            var (following, followedBy, mute) = standings[index];
            var answer = answers[index] = new FollowCheck
            {
                Entity = entities[index].ToProto(asked[index]),
                Following = following,
                FollowedBy = followedBy,
                Muted = mute is not null,
                MuteScope = mute?.Scope.ToProto() ?? V1.MuteScope.Unspecified,
                MuteEndTime = mute?.End?.ToTimestamp(),
            };
            if (refusals is not null)
            {
                answer.CanFollow = refusals[index] is null;
                answer.RefusalReason = refusals[index] is { } reason
                    ? ErrorCatalog.NameOf(reason)
                    : "";
            }
        }
        return answers;
    }

    private async Task<(
        FollowStanding[] Standings,
        IReadOnlyList<ErrorReason?>? Refusals
    )> ReadAsync(
        string member,
        Followable[] entities,
        bool includeCanFollow,
        ServerCallContext context
    )
    {
        var standings = await store.CheckAsync(member, entities, context.CancellationToken);
        return (
            standings,
            includeCanFollow
                ? await checks.RefusalsAsync(
                    member,
                    entities,
                    standings,
                    LimitsOf(context).Enforced,
                    context.CancellationToken
                )
                : null
        );
    }
}
