using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Feed.Timelines;
using Platform.Feed.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Streaming;
using Platform.ServiceDefaults.Validation;

namespace Platform.Feed.Operations;

/// <summary>platform.feed.v1.FeedOperationsService.</summary>
public sealed class FeedOperationsGrpcService(
    IPostStore posts,
    IPostChanges changes,
    ITimelineStore timelines,
    RebuildHandler rebuild,
    VerifyHandler verify,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : FeedOperationsService.FeedOperationsServiceBase
{
    // on SQLite it is one write transaction, which other writers wait for; on MongoDB it ends within Storage:CommandTimeout
    private const int PostsPerCall = 500;

    // rebuilding and verifying go the same way
    private const string Walk = "timelines";

    public override async Task RebuildFeed(
        RebuildFeedRequest request,
        IServerStreamWriter<RebuildFeedResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        new RequestValidator().OptionalMemberId("member_id", request.MemberId).ThrowIfInvalid();
        using var ending = context.EndingWith(lifetime);
        await rebuild.RebuildAsync(
            request.MemberId,
            PositionOf(request.Cursor),
            progress =>
                responseStream.WriteAsync(
                    new RebuildFeedResponse
                    {
                        Cursor = progress.IsDone ? "" : CursorOf(progress.Cursor),
                        TimelinesRebuilt = progress.TimelinesRebuilt,
                        EntriesWritten = progress.EntriesWritten,
                        Done = progress.IsDone,
                    },
                    CancellationToken.None
                ),
            ending.Token
        );
    }

    public override async Task VerifyFeed(
        VerifyFeedRequest request,
        IServerStreamWriter<VerifyFeedResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        new RequestValidator().OptionalMemberId("member_id", request.MemberId).ThrowIfInvalid();
        using var ending = context.EndingWith(lifetime);
        await verify.VerifyAsync(
            request.MemberId,
            request.Repair,
            PositionOf(request.Cursor),
            progress =>
                responseStream.WriteAsync(
                    new VerifyFeedResponse
                    {
                        Cursor = progress.IsDone ? "" : CursorOf(progress.Cursor),
                        TimelinesChecked = progress.TimelinesChecked,
                        Findings = { progress.Findings.Select(ToProto) },
                        FindingsTotal = progress.FindingsTotal,
                        RepairedTotal = progress.RepairedTotal,
                        Done = progress.IsDone,
                    },
                    CancellationToken.None
                ),
            ending.Token
        );
    }

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
        await changes.TellAsync(post: null, context.CancellationToken);
        await timelines.DeleteAsync(request.MemberId, context.CancellationToken);
        return new DeleteMemberResponse
        {
            Done = deleted < PostsPerCall,
            PostsDeleted = deleted,
            Revision = revision,
        };
    }

    // it may go on for long, and would hold up the end of the process
    private static string CursorOf(string position) => PageToken.Encode(Walk, position);

    private static string PositionOf(string cursor)
    {
        try
        {
            return PageToken.Decode(Walk, cursor) ?? "";
        }
        catch (DomainException exception) when (exception.Reason == ErrorReason.InvalidPageToken)
        {
            throw CursorReader.Foreign();
        }
    }

    private static V1.FeedFinding ToProto(FeedFinding finding) =>
        new()
        {
            MemberId = finding.MemberId,
            PostId = finding.PostId.ToString(),
            Kind = (FeedFindingKind)(int)finding.Kind,
            Repaired = finding.IsRepaired,
        };
}
