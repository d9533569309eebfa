using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Feed.Timelines;
using Platform.Feed.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Feed.Operations;

/// <summary>platform.feed.v1.FeedOperationsService. RebuildFeed and VerifyFeed are not served yet.</summary>
public sealed class FeedOperationsGrpcService(
    IPostStore posts,
    ITimelineStore timelines,
    TimeProvider time
) : FeedOperationsService.FeedOperationsServiceBase
{
    // on SQLite it is one write transaction, which other writers wait for; on MongoDB it ends within Storage:CommandTimeout
    private const int PostsPerCall = 500;

    public override async Task<GetFanOutStatusResponse> GetFanOutStatus(
        GetFanOutStatusRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        var backlog = await posts.GetBacklogAsync(context.CancellationToken);
        var oldest = backlog.OldestCreateTime;
        return new GetFanOutStatusResponse
        {
            PendingPosts = backlog.PendingPosts,
            RetryingPosts = backlog.RetryingPosts,
            OldestCreateTime = oldest is { } created ? Timestamp.FromDateTimeOffset(created) : null,
            Lag = Duration.FromTimeSpan(
                oldest is { } since ? time.GetUtcNow() - since : TimeSpan.Zero
            ),
        };
    }

    public override async Task<DeleteMemberResponse> DeleteMember(
        DeleteMemberRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator, CallerRole.Service);
        var validator = new RequestValidator();
        validator.MemberId("member_id", request.MemberId).RequestId(request.RequestId);
        validator.ThrowIfInvalid();
        var author = EntityRef.Member(request.MemberId);
        // the revision names the newest post there is, taken before it may go
        var revision = await posts.GetLargestIdAsync(context.CancellationToken) is { } largest
            ? new FeedRevision(largest, 0).ToString()
            : "";
        var deleted = await posts.EraseAuthorAsync(author, PostsPerCall, context.CancellationToken);
        await timelines.DeleteAsync(request.MemberId, context.CancellationToken);
        return new DeleteMemberResponse
        {
            Done = deleted < PostsPerCall,
            PostsDeleted = deleted,
            Revision = revision,
        };
    }
}
