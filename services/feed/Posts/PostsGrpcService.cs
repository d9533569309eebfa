using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.FanOut;
using Platform.Feed.HomeFeed;
using Platform.Feed.Storage;
using Platform.Feed.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Idempotency;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Feed.Posts;

/// <summary>platform.feed.v1.PostsService.</summary>
public sealed class PostsGrpcService(PostsHandler handler, TimeProvider time)
    : PostsService.PostsServiceBase
{
    private const int DefaultPageSize = 20;
    private const int MaxPageSize = 100;
    private const int MaxBatch = 100;
    private const string Domain = "platform.feed.v1";

    public override async Task<CreatePostResponse> CreatePost(
        CreatePostRequest request,
        ServerCallContext context
    )
    {
        var author = AuthorOf(request.Author, request.MemberId, context.GetCaller());
        var audience = PostMapping.ToDomain(request.Audience);
        var validator = new RequestValidator();
        validator.Optional("audience", request.Audience).RequestId(request.RequestId);
        ValidateAuthor(validator, request.Author, author);
        PostRules.Text(validator, request.Text, PostKind.Post);
        PostRules.Audience(validator, audience, author);
        validator.ThrowIfInvalid();
        var post = await handler.CreateAsync(
            new PostDraft(
                author,
                PostKind.Post,
                request.Text,
                audience,
                ProfileChange: null,
                KeyOf(request.RequestId, request)
            ),
            context.CancellationToken
        );
        return new CreatePostResponse
        {
            Post = PostMapping.ToProto(post),
            Revision = FeedRevision.Of(post).ToString(),
        };
    }

    public override async Task<PublishProfileUpdateResponse> PublishProfileUpdate(
        PublishProfileUpdateRequest request,
        ServerCallContext context
    )
    {
        var author = EntityRef.Member(context.GetCaller().ActAs(request.MemberId));
        var validator = new RequestValidator();
        validator
            .OptionalMemberId("member_id", request.MemberId)
            .Required("kind", request.Kind)
            .Optional("audience", request.Audience)
            .RequestId(request.RequestId);
        PostRules.Text(validator, request.Text, PostKind.ProfileUpdate);
        validator.ThrowIfInvalid();
        var post = await handler.CreateAsync(
            new PostDraft(
                author,
                PostKind.ProfileUpdate,
                request.Text,
                PostMapping.ToDomain(request.Audience),
                (ProfileChangeKind)(int)request.Kind,
                KeyOf(request.RequestId, request)
            ),
            context.CancellationToken
        );
        return new PublishProfileUpdateResponse
        {
            Post = PostMapping.ToProto(post),
            Revision = FeedRevision.Of(post).ToString(),
        };
    }

    public override async Task<GetPostResponse> GetPost(
        GetPostRequest request,
        ServerCallContext context
    )
    {
        var viewer = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator();
        validator.OptionalMemberId("member_id", request.MemberId);
        var id = PostIdOf(validator, "post_id", request.PostId);
        validator.ThrowIfInvalid();
        // the store is strong: it has reached every revision there is
        FeedRevision.Parse(request.Consistency?.AtLeastRevision ?? "");
        var post = await handler.GetAsync(viewer, id, context.CancellationToken);
        return new GetPostResponse { Post = PostMapping.ToProto(post) };
    }

    public override async Task<BatchGetPostsResponse> BatchGetPosts(
        BatchGetPostsRequest request,
        ServerCallContext context
    )
    {
        var viewer = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator();
        validator
            .OptionalMemberId("member_id", request.MemberId)
            .Batch("post_ids", request.PostIds.Count, MaxBatch);
        var ids = request
            .PostIds.Select((id, index) => PostIdOf(validator, $"post_ids[{index}]", id))
            .ToList();
        validator.ThrowIfInvalid();
        FeedRevision.Parse(request.Consistency?.AtLeastRevision ?? "");
        var items = await handler.GetManyAsync(viewer, ids, context.CancellationToken);
        return new BatchGetPostsResponse
        {
            Results =
            {
                items.Select(
                    (item, index) =>
                        item.Post is { } post
                            ? new PostResult
                            {
                                PostId = request.PostIds[index],
                                Post = PostMapping.ToProto(post),
                            }
                            : new PostResult
                            {
                                PostId = request.PostIds[index],
                                Error = item.Refusal!.ToStatus(Domain),
                            }
                ),
            },
        };
    }

    public override async Task<UpdatePostResponse> UpdatePost(
        UpdatePostRequest request,
        ServerCallContext context
    )
    {
        var actor = ActorOf(request.MemberId, context.GetCaller());
        var validator = new RequestValidator();
        validator.OptionalMemberId("member_id", request.MemberId).RequestId(request.RequestId);
        if (request.HasAudience)
        {
            validator.Optional("audience", request.Audience);
        }
        var id = PostIdOf(validator, "post_id", request.PostId);
        validator.ThrowIfInvalid();
        var audience =
            request.HasAudience && request.Audience != V1.PostAudience.Unspecified
                ? PostMapping.ToDomain(request.Audience)
                : (PostAudience?)null;
        var post = await handler.UpdateAsync(
            actor,
            id,
            new PostEdit(
                request.HasText ? request.Text : null,
                audience,
                KeyOf(request.RequestId, request)
            ),
            context.CancellationToken
        );
        return new UpdatePostResponse
        {
            Post = PostMapping.ToProto(post),
            Revision = FeedRevision.Of(post).ToString(),
        };
    }

    public override async Task<DeletePostResponse> DeletePost(
        DeletePostRequest request,
        ServerCallContext context
    )
    {
        var actor = ActorOf(request.MemberId, context.GetCaller());
        var validator = new RequestValidator();
        validator.OptionalMemberId("member_id", request.MemberId).RequestId(request.RequestId);
        var id = PostIdOf(validator, "post_id", request.PostId);
        validator.ThrowIfInvalid();
        var post = await handler.DeleteAsync(actor, id, context.CancellationToken);
        return new DeletePostResponse { Revision = FeedRevision.Of(post).ToString() };
    }

    public override async Task<ListAuthorPostsResponse> ListAuthorPosts(
        ListAuthorPostsRequest request,
        ServerCallContext context
    )
    {
        var viewer = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator();
        validator.OptionalMemberId("member_id", request.MemberId);
        var size = validator.PageSize(request.PageSize, DefaultPageSize, MaxPageSize);
        var wanted = request.Author ?? new Entity();
        ValidateAuthor(validator, wanted, default);
        validator.ThrowIfInvalid();
        FeedRevision.Parse(request.Consistency?.AtLeastRevision ?? "");
        var author = PostMapping.ToDomain(wanted);
        var scope = $"ListAuthorPosts|{viewer}|{author.Kind}|{author.Id}";
        var page = await handler.ListByAuthorAsync(
            viewer,
            author,
            size,
            PageToken.Decode(scope, request.PageToken),
            context.CancellationToken
        );
        var response = new ListAuthorPostsResponse
        {
            Posts = { page.Posts.Select(PostMapping.ToProto) },
            NextPageToken = PageToken.Encode(scope, page.NextPosition),
            Completeness = new Completeness { Complete = !page.Unproven },
        };
        if (page.Unproven)
        {
            response.Completeness.Gaps.Add(
                new Gap
                {
                    Source = ViewerRelations.Connections,
                    Reason = ErrorCatalog.NameOf(ErrorReason.DependencyUnavailable),
                }
            );
        }
        return response;
    }

    public override async Task<GetDeliveryStatusResponse> GetDeliveryStatus(
        GetDeliveryStatusRequest request,
        ServerCallContext context
    )
    {
        var caller = context.GetCaller();
        var actor =
            caller.Role == CallerRole.Operator
                ? new PostActor(null, IsService: true)
                : ActorOf(request.MemberId, caller);
        var validator = new RequestValidator();
        validator.OptionalMemberId("member_id", request.MemberId);
        var id = PostIdOf(validator, "post_id", request.PostId);
        validator.ThrowIfInvalid();
        var job = await handler.GetDeliveryAsync(actor, id, context.CancellationToken);
        return new GetDeliveryStatusResponse { Status = ToProto(job) };
    }

    private DeliveryStatus ToProto(DeliveryJob job) =>
        new()
        {
            State = job switch
            {
                { State: FanOut.DeliveryState.Delivered } => V1.DeliveryState.Delivered,
                { State: FanOut.DeliveryState.Pulled } => V1.DeliveryState.Pulled,
                { State: FanOut.DeliveryState.Cancelled } => V1.DeliveryState.Cancelled,
                { Failures: > 0 } => V1.DeliveryState.Retrying,
                { StartTime: null } => V1.DeliveryState.Pending,
                _ => V1.DeliveryState.Running,
            },
            RecipientsProcessed = job.Counts.Processed,
            TimelinesReached = job.Counts.Reached,
            RetryCount = job.RetryCount,
            StartTime = job.StartTime is { } start ? Timestamp.FromDateTimeOffset(start) : null,
            CompleteTime = job.CompleteTime is { } end ? Timestamp.FromDateTimeOffset(end) : null,
            Lag = Duration.FromTimeSpan((job.CompleteTime ?? time.GetUtcNow()) - job.CreateTime),
            RetryReason = job.RetryReason ?? "",
        };

    /// <summary>Who publishes: the acting member, or for services the company, group or publisher they name.</summary>
    private static EntityRef AuthorOf(Entity? author, string memberId, Caller caller)
    {
        if (author is null || author.Kind == Common.V1.EntityKind.Member)
        {
            return EntityRef.Member(caller.ActAs(memberId));
        }
        if (caller.Role == CallerRole.Member)
        {
            throw new DomainException(
                ErrorReason.AuthorKind,
                "Only services post as a company, group or publisher."
            );
        }
        caller.Require(CallerRole.Service);
        return PostMapping.ToDomain(author);
    }

    private static void ValidateAuthor(RequestValidator validator, Entity? author, EntityRef actual)
    {
        if (actual.Kind == EntityKind.Member)
        {
            validator.MemberId("member_id", actual.Id);
        }
        if (author is null)
        {
            return;
        }
        validator.Required("author.kind", author.Kind).MemberId("author.id", author.Id);
        if (author.Kind == Common.V1.EntityKind.Hashtag)
        {
            validator.Add("author.kind", "a hashtag publishes nothing");
        }
        if (actual.Kind == EntityKind.Member && author.Id != actual.Id)
        {
            validator.Add("author.id", "a member author must be the acting member");
        }
    }

    private static PostActor ActorOf(string memberId, Caller caller) =>
        caller.Role == CallerRole.Service && memberId.Length == 0
            ? new PostActor(null, IsService: true)
            : new PostActor(caller.ActAs(memberId), caller.Role == CallerRole.Service);

    private static PostId PostIdOf(RequestValidator validator, string field, string text)
    {
        if (!PostId.TryParse(text, out var id))
        {
            validator.Add(field, text.Length == 0 ? "required" : "must be the id of a post");
        }
        return id;
    }

    private static RequestKey? KeyOf(string requestId, IMessage request) =>
        requestId.Length == 0 ? null : new RequestKey(requestId, RequestFingerprint.Of(request));
}
