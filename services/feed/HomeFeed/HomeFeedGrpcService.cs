using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.V1;
using Platform.Feed.Watch;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Streaming;
using Platform.ServiceDefaults.Validation;

namespace Platform.Feed.HomeFeed;

/// <summary>platform.feed.v1.HomeFeedService.</summary>
public sealed class HomeFeedGrpcService(
    HomeFeedHandler handler,
    WatchHandler watch,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : HomeFeedService.HomeFeedServiceBase
{
    private const int DefaultPageSize = 20;
    private const int MaxPageSize = 100;

    // entries are remembered with the views of viewers who look again
    private static readonly ConditionalWeakTable<FeedEntry, V1.FeedEntry> Made = [];

    public override async Task<ListHomeFeedResponse> ListHomeFeed(
        ListHomeFeedRequest request,
        ServerCallContext context
    )
    {
        var viewer = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator();
        validator.MemberId("member_id", viewer).Optional("order", request.Order);
        var size = validator.PageSize(request.PageSize, DefaultPageSize, MaxPageSize);
        validator.ThrowIfInvalid();
        var order = request.Order == V1.FeedOrder.Ranked ? FeedOrder.Ranked : FeedOrder.Recent;
        var scope = $"ListHomeFeed|{viewer}|{order}";
        var page = await handler.ListAsync(
            new HomeFeedQuery(
                viewer,
                order,
                size,
                PageToken.Decode(scope, request.PageToken),
                request.Consistency?.AtLeastRevision ?? "",
                request.ConnectionsConsistency?.AtLeastRevision ?? "",
                request.FollowsConsistency?.AtLeastRevision ?? ""
            ),
            context.CancellationToken
        );
        var response = new ListHomeFeedResponse
        {
            Entries = { page.Entries.Select(ToProto) },
            NextPageToken = PageToken.Encode(scope, page.NextPosition),
            Completeness = ToProto(page.Gaps, page.Rebuilding),
            Rebuilding = page.Rebuilding,
        };
        return response;
    }

    public override async Task WatchHomeFeed(
        WatchHomeFeedRequest request,
        IServerStreamWriter<WatchHomeFeedResponse> responseStream,
        ServerCallContext context
    )
    {
        var viewer = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator().MemberId("member_id", viewer).ThrowIfInvalid();
        using var ending = context.EndingWith(lifetime);
        // A token given to WriteAsync would reset the stream when it is cancelled; the caller is to get a status.
        await watch.WatchAsync(
            viewer,
            request.Cursor,
            sent => responseStream.WriteAsync(ToProto(sent), CancellationToken.None),
            ending.Token
        );
    }

    public override async Task<ExplainEntryResponse> ExplainEntry(
        ExplainEntryRequest request,
        ServerCallContext context
    )
    {
        var viewer = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator();
        validator.MemberId("member_id", viewer);
        if (!PostId.TryParse(request.PostId, out var id))
        {
            validator.Add(
                "post_id",
                request.PostId.Length == 0 ? "required" : "must be the id of a post"
            );
        }
        validator.ThrowIfInvalid();
        var explanation = await handler.ExplainAsync(
            viewer,
            id,
            request.ConnectionsConsistency?.AtLeastRevision ?? "",
            request.FollowsConsistency?.AtLeastRevision ?? "",
            context.CancellationToken
        );
        var response = new ExplainEntryResponse
        {
            Shown = explanation.Shown,
            Reasons = { explanation.Reasons.Select(ToProto) },
            Origin = (V1.EntryOrigin)(int)explanation.Origin,
            Post = explanation.Post is { } post ? PostMapping.ToProto(post) : null,
            Completeness = ToProto(explanation.Gaps),
        };
        if (explanation.Absence is { } absence)
        {
            response.AbsenceReasons.Add((V1.AbsenceReason)(int)absence);
        }
        return response;
    }

    private WatchHomeFeedResponse ToProto(WatchEvent sent)
    {
        var response = new WatchHomeFeedResponse { Cursor = sent.Cursor };
        if (sent.Change is not { } change)
        {
            response.Heartbeat = new Heartbeat { Time = time.GetUtcNow().ToTimestamp() };
        }
        else if (change.Entry is { } entry)
        {
            response.Entry = ToProto(entry);
        }
        else
        {
            response.Removed = new RemovedEntry { PostId = change.PostId.ToString() };
        }
        return response;
    }

    private static V1.FeedEntry ToProto(FeedEntry entry) =>
        Made.GetValue(entry, static entry => Make(entry));

    private static V1.FeedEntry Make(FeedEntry entry) =>
        new()
        {
            Post = PostMapping.ToSharedProto(entry.Post),
            Reasons = { entry.Reasons.Select(ToProto) },
        };

    private static V1.FeedReason ToProto(FeedReason reason) =>
        new()
        {
            Kind = (V1.FeedReasonKind)(int)reason.Kind,
            Entity = PostMapping.ToProto(reason.Entity),
        };

    private static Completeness ToProto(
        IReadOnlyCollection<FeedGap> gaps,
        bool rebuilding = false
    ) =>
        new()
        {
            Complete = gaps.Count == 0 && !rebuilding,
            Gaps =
            {
                gaps.Select(gap => new Gap
                {
                    Source = gap.Source,
                    Reason = ErrorCatalog.NameOf(gap.Reason),
                }),
            },
        };
}
