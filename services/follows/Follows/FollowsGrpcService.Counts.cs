using Grpc.Core;
using Platform.Follows.Entities;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Follows;

/// <content>How many follow, and are followed.</content>
public sealed partial class FollowsGrpcService
{
    public override async Task<GetFollowCountsResponse> GetFollowCounts(
        GetFollowCountsRequest request,
        ServerCallContext context
    )
    {
        var caller = context.GetCaller();
        var validator = new RequestValidator();
        var viewer = ViewerOf(caller, request.MemberId, request.OwnerId.Length > 0, validator);
        var owner = request.OwnerId.Length > 0 ? request.OwnerId : viewer;
        validator.MemberId("owner_id", owner).ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var response = new GetFollowCountsResponse();
        var followers = await followerCounts.ReadAsync(
            SeesAs(caller, viewer),
            [Followable.Member(owner)],
            context.CancellationToken
        );
        if (followers[0] is { } count)
        {
            response.FollowerCount = count;
        }
        if (owner == viewer || SeesAs(caller, viewer).Length == 0)
        {
            var following = await store.ReadFollowingStateAsync(owner, context.CancellationToken);
            response.FollowingVersion = following.Version;
            response.Following.Add(
                following.Counts.Select(count => new FollowingCount
                {
                    Kind = count.Key.ToProto(),
                    Count = count.Value,
                })
            );
        }
        return response;
    }

    public override async Task<BatchGetFollowerCountsResponse> BatchGetFollowerCounts(
        BatchGetFollowerCountsRequest request,
        ServerCallContext context
    )
    {
        var validator = new RequestValidator().Batch(
            "entities",
            request.Entities.Count,
            BatchCheckLimit
        );
        var caller = context.GetCaller();
        var viewer = ViewerOf(caller, request.MemberId, namesOwner: true, validator);
        var entities = validator.Entities("entities", request.Entities);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var counts = await followerCounts.ReadAsync(
            SeesAs(caller, viewer),
            entities,
            context.CancellationToken
        );
        return new BatchGetFollowerCountsResponse
        {
            Counts = { entities.Select((entity, index) => CountOf(entity, counts[index])) },
        };
    }

    private static FollowerCount CountOf(Followable entity, long? shown)
    {
        var count = new FollowerCount { Entity = entity.ToProto() };
        if (shown is { } number)
        {
            count.Count = number;
        }
        return count;
    }

    /// <summary>As whom a caller sees counts: a service that names nobody sees what services see.</summary>
    private static string SeesAs(Caller caller, string viewer) =>
        caller.Role == CallerRole.Service ? "" : viewer;
}
