using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Follows;

/// <content>Lists, for those who may read them.</content>
public sealed partial class FollowsGrpcService
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public override async Task<ListFollowingResponse> ListFollowing(
        ListFollowingRequest request,
        ServerCallContext context
    )
    {
        var validator = new RequestValidator();
        var owner = OwnerOf(
            context.GetCaller(),
            request.MemberId,
            request.OwnerId,
            validator,
            ErrorReason.FollowingPrivate
        );
        var kind = validator.Kind("kind", request.Kind);
        var size = validator.PageSize(request.PageSize, DefaultPage, LargestPage);
        validator.Optional("order", request.Order).ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var recent = request.Order != FollowOrder.Id;
        var scope = $"ListFollowing|{owner}|{kind}|{recent}";
        var page = await store.ListFollowingAsync(
            owner,
            kind,
            recent,
            PageToken.Decode(scope, request.PageToken),
            size,
            context.CancellationToken
        );
        var muted = await muteStore.AreMutedAsync(
            owner,
            [.. page.Entries.Select(entry => new Followable(kind, entry.Id))],
            context.CancellationToken
        );
        return new ListFollowingResponse
        {
            Followed =
            {
                page.Entries.Select(
                    (entry, index) =>
                        new Followed
                        {
                            Entity = new Followable(kind, entry.Id).ToProto(),
                            FollowTime = entry.Since?.ToTimestamp(),
                            Muted = muted[index],
                        }
                ),
            },
            NextPageToken = PageToken.Encode(scope, page.Next),
        };
    }

    public override async Task<ListFollowersResponse> ListFollowers(
        ListFollowersRequest request,
        ServerCallContext context
    )
    {
        var validator = new RequestValidator();
        var entity = OwnedEntityOf(context.GetCaller(), request, validator);
        var size = validator.PageSize(request.PageSize, DefaultPage, LargestPage);
        validator.Optional("order", request.Order).ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var recent = request.Order == FollowOrder.Recent;
        var scope = $"ListFollowers|{entity.Kind}|{entity.Id}|{recent}";
        var page = await store.ListFollowersAsync(
            entity,
            recent,
            PageToken.Decode(scope, request.PageToken),
            size,
            context.CancellationToken
        );
        return new ListFollowersResponse
        {
            Followers =
            {
                page.Entries.Select(entry => new Follower
                {
                    MemberId = entry.Id,
                    FollowTime = entry.Since?.ToTimestamp(),
                }),
            },
            NextPageToken = PageToken.Encode(scope, page.Next),
        };
    }

    public override async Task<ListNotFollowedBackResponse> ListNotFollowedBack(
        ListNotFollowedBackRequest request,
        ServerCallContext context
    )
    {
        var (page, next) = await ListByReturnAsync(
            request.MemberId,
            followedBack: false,
            request.PageToken,
            request.PageSize,
            request.Consistency,
            context
        );
        return new ListNotFollowedBackResponse
        {
            MemberIds = { page.Entries.Select(entry => entry.Id) },
            NextPageToken = next,
        };
    }

    public override async Task<ListMutualFollowsResponse> ListMutualFollows(
        ListMutualFollowsRequest request,
        ServerCallContext context
    )
    {
        var (page, next) = await ListByReturnAsync(
            request.MemberId,
            followedBack: true,
            request.PageToken,
            request.PageSize,
            request.Consistency,
            context
        );
        return new ListMutualFollowsResponse
        {
            MemberIds = { page.Entries.Select(entry => entry.Id) },
            NextPageToken = next,
        };
    }

    private async Task<(FollowPage Page, string NextPageToken)> ListByReturnAsync(
        string memberId,
        bool followedBack,
        string pageToken,
        int pageSize,
        Consistency? consistency,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(memberId);
        var validator = new RequestValidator().MemberId("member_id", member);
        var size = validator.PageSize(pageSize, DefaultPage, LargestPage);
        validator.ThrowIfInvalid();
        FollowRevision.Require(consistency);
        var scope = $"{(followedBack ? "ListMutualFollows" : "ListNotFollowedBack")}|{member}";
        var page = await handler.ListByReturnAsync(
            member,
            followedBack,
            PageToken.Decode(scope, pageToken),
            size,
            context.CancellationToken
        );
        return (page, PageToken.Encode(scope, page.Next));
    }

    public override async Task<ListCommonFollowersResponse> ListCommonFollowers(
        ListCommonFollowersRequest request,
        ServerCallContext context
    )
    {
        var caller = context.GetCaller();
        var member = caller.ActAs(request.MemberId);
        var validator = new RequestValidator().MemberId("member_id", member);
        var one = request.Entity is null
            ? Followable.Member(member)
            : validator.Entity("entity", request.Entity);
        var other = validator.Entity("other_entity", request.OtherEntity);
        var size = validator.PageSize(request.PageSize, DefaultPage, LargestPage);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        RequireOwned(caller, member, one);
        RequireOwned(caller, member, other);
        var scope = $"ListCommonFollowers|{member}|{one}|{other}";
        var page = await handler.ListCommonFollowersAsync(
            one,
            other,
            PageToken.Decode(scope, request.PageToken),
            size,
            context.CancellationToken
        );
        return new ListCommonFollowersResponse
        {
            MemberIds = { page.Entries.Select(entry => entry.Id) },
            NextPageToken = PageToken.Encode(scope, page.Next),
        };
    }

    /// <summary>The owner of a private list; its owner and services read it.</summary>
    private static string OwnerOf(
        Caller caller,
        string memberId,
        string ownerId,
        RequestValidator validator,
        ErrorReason refusal
    )
    {
        var viewer = ViewerOf(caller, memberId, ownerId.Length > 0, validator);
        var owner = ownerId.Length > 0 ? ownerId : viewer;
        validator.MemberId("owner_id", owner);
        return caller.Role == CallerRole.Service || owner == viewer
            ? owner
            : throw new DomainException(
                refusal,
                "What a member follows is for that member and for services."
            );
    }

    private static Followable OwnedEntityOf(
        Caller caller,
        ListFollowersRequest request,
        RequestValidator validator
    )
    {
        var viewer = ViewerOf(caller, request.MemberId, request.Entity is not null, validator);
        var entity = request.Entity is null
            ? Followable.Member(viewer)
            : validator.Entity("entity", request.Entity);
        return
            caller.Role == CallerRole.Service
            || entity == Followable.Member(viewer)
            || !validator.IsValid
            ? entity
            : throw new DomainException(
                ErrorReason.FollowersPrivate,
                "A list of followers is its owner's alone."
            );
    }

    /// <summary>
    /// A member owns its own followers alone. Of the companies, groups and publishers that a service names the member is the owner, as
    /// the service vouches.
    /// </summary>
    private static void RequireOwned(Caller caller, string member, Followable entity)
    {
        var isOwned =
            entity == Followable.Member(member)
            || (caller.Role == CallerRole.Service && !IsMember(entity));
        if (!isOwned)
        {
            throw new DomainException(
                ErrorReason.FollowersPrivate,
                "A list of followers is its owner's alone."
            );
        }
    }

    private static bool IsMember(Followable entity) => entity.Kind == FollowKind.Member;
}
