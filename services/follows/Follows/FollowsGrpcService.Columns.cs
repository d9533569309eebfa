using Google.Protobuf.Collections;
using Grpc.Core;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Follows;

/// <content>What stands between a member and many others, by columns.</content>
public sealed partial class FollowsGrpcService
{
    // of members that one call asks about by columns
    private const int ColumnsLimit = 1000;

    public override async Task<BatchCheckFollowColumnsResponse> BatchCheckFollowColumns(
        BatchCheckFollowColumnsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator()
            .MemberId("member_id", member)
            .Batch("other_ids", request.OtherIds.Count, ColumnsLimit)
            .MemberIds("other_ids", request.OtherIds)
            .ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var others = new Followable[request.OtherIds.Count];
        for (var index = 0; index < others.Length; index++)
        {
            others[index] = Followable.Member(request.OtherIds[index]);
        }
        var (standings, refusals) = await ReadAsync(
            member,
            others,
            request.IncludeCanFollow,
            context
        );
        var response = new BatchCheckFollowColumnsResponse();
        AddIndexes(response.FollowingIndexes, standings, standing => standing.Following);
        AddIndexes(response.FollowerIndexes, standings, standing => standing.FollowedBy);
        AddIndexes(response.MutedIndexes, standings, standing => standing.Mute is not null);
        if (refusals is not null)
        {
            var reasons = new ReasonColumn(response.Reasons);
            response.FollowRefusals.Capacity = refusals.Count;
            foreach (var refusal in refusals)
            {
                response.FollowRefusals.Add(reasons.PlaceOf(refusal));
            }
        }
        return response;
    }

    private static void AddIndexes(
        RepeatedField<uint> indexes,
        FollowStanding[] standings,
        Func<FollowStanding, bool> isIn
    )
    {
        for (var index = 0; index < standings.Length; index++)
        {
            if (isIn(standings[index]))
            {
                indexes.Add((uint)index);
            }
        }
    }
}
