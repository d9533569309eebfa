using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Idempotency;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Follows;

/// <summary>FollowsService of the contract. What it does not override is not built yet and answers NOT_IMPLEMENTED.</summary>
public sealed class FollowsGrpcService(FollowsHandler handler, IFollowStore store)
    : FollowsService.FollowsServiceBase
{
    private const string Domain = "platform.follows.v1";
    private const int BatchFollowLimit = 100;
    private const int BatchCheckLimit = 500;
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;
    private const int DefaultChunk = 1000;
    private const int LargestChunk = 5000;

    public override async Task<FollowResponse> Follow(
        FollowRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId);
        var entity = validator.Entity("entity", request.Entity);
        validator.ThrowIfInvalid();
        var write = await handler.FollowAsync(
            member,
            entity,
            request.RequestId,
            FingerprintOf(request.RequestId, request),
            context.CancellationToken
        );
        return new FollowResponse
        {
            Revision = FollowRevision.Of(member, write.Revision),
            Entity = entity.ToProto(),
            AlreadyFollowing = write.Outcome == FollowOutcome.Unchanged,
        };
    }

    public override async Task<UnfollowResponse> Unfollow(
        UnfollowRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId);
        var entity = validator.Entity("entity", request.Entity);
        validator.ThrowIfInvalid();
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
        new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId)
            .Batch("entities", request.Entities.Count, BatchFollowLimit)
            .ThrowIfInvalid();
        var fingerprint = FingerprintOf(request.RequestId, request);
        var items = await Task.WhenAll(
            request.Entities.Select(
                (entity, index) =>
                    FollowItemAsync(
                        member,
                        request.RequestId,
                        fingerprint,
                        entity,
                        index,
                        context.CancellationToken
                    )
            )
        );
        return new BatchFollowResponse
        {
            Results = { items.Select(item => item.Result) },
            Revision = FollowRevision.Of(member, items.Max(item => item.Revision)),
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

    public override async Task<CheckFollowResponse> CheckFollow(
        CheckFollowRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator().MemberId("member_id", member);
        var entity = validator.Entity("entity", request.Entity);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        RefuseCanFollow(request.IncludeCanFollow);
        var checks = await CheckAsync(member, [entity], context.CancellationToken);
        return new CheckFollowResponse { Check = checks[0] };
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
        var entities = ReadEntities(validator, request.Entities);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        RefuseCanFollow(request.IncludeCanFollow);
        return new BatchCheckFollowsResponse
        {
            Checks = { await CheckAsync(member, entities, context.CancellationToken) },
        };
    }

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
        return new ListFollowingResponse
        {
            Followed =
            {
                page.Entries.Select(entry => new Followed
                {
                    Entity = new Followable(kind, entry.Id).ToProto(),
                    FollowTime = entry.Since?.ToTimestamp(),
                }),
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
        if (request.Order == FollowOrder.Recent)
        {
            throw NotBuilt("Followers are listed by id only, so far.");
        }
        var scope = $"ListFollowers|{entity.Kind}|{entity.Id}";
        var page = await store.ListFollowersAsync(
            entity,
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
        var followers = await store.CountFollowersAsync(
            [Followable.Member(owner)],
            context.CancellationToken
        );
        var response = new GetFollowCountsResponse { FollowerCount = followers[0] };
        if (caller.Role == CallerRole.Service || owner == viewer)
        {
            var following = await store.CountFollowingAsync(owner, context.CancellationToken);
            response.Following.Add(
                following.Select(count => new FollowingCount
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
        ViewerOf(context.GetCaller(), request.MemberId, namesOwner: true, validator);
        var entities = ReadEntities(validator, request.Entities);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var counts = await store.CountFollowersAsync(entities, context.CancellationToken);
        return new BatchGetFollowerCountsResponse
        {
            Counts =
            {
                entities.Select(
                    (entity, index) =>
                        new FollowerCount { Entity = entity.ToProto(), Count = counts[index] }
                ),
            },
        };
    }

    public override async Task<ListNotFollowedBackResponse> ListNotFollowedBack(
        ListNotFollowedBackRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator().MemberId("member_id", member);
        var size = validator.PageSize(request.PageSize, DefaultPage, LargestPage);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var scope = $"ListNotFollowedBack|{member}";
        var page = await handler.ListByReturnAsync(
            member,
            followedBack: false,
            PageToken.Decode(scope, request.PageToken),
            size,
            context.CancellationToken
        );
        return new ListNotFollowedBackResponse
        {
            MemberIds = { page.Entries.Select(entry => entry.Id) },
            NextPageToken = PageToken.Encode(scope, page.Next),
        };
    }

    public override async Task<ListMutualFollowsResponse> ListMutualFollows(
        ListMutualFollowsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator().MemberId("member_id", member);
        var size = validator.PageSize(request.PageSize, DefaultPage, LargestPage);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var scope = $"ListMutualFollows|{member}";
        var page = await handler.ListByReturnAsync(
            member,
            followedBack: true,
            PageToken.Decode(scope, request.PageToken),
            size,
            context.CancellationToken
        );
        return new ListMutualFollowsResponse
        {
            MemberIds = { page.Entries.Select(entry => entry.Id) },
            NextPageToken = PageToken.Encode(scope, page.Next),
        };
    }

    public override async Task StreamFollowers(
        StreamFollowersRequest request,
        IServerStreamWriter<StreamFollowersResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Service);
        var validator = new RequestValidator();
        var entity = validator.Entity("entity", request.Entity);
        var size = ChunkSize(validator, request.ChunkSize);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var scope = $"StreamFollowers|{entity.Kind}|{entity.Id}";
        var pages = store.StreamFollowersAsync(
            entity,
            PositionOf(scope, request.Cursor),
            size,
            context.CancellationToken
        );
        await foreach (var page in Cursors(pages))
        {
            await responseStream.WriteAsync(
                new StreamFollowersResponse
                {
                    FollowerIds = { page.Entries.Select(entry => entry.Id) },
                    Cursor = PageToken.Encode(scope, page.Next),
                    Complete = page.Next is null,
                },
                context.CancellationToken
            );
        }
    }

    public override async Task StreamFollowing(
        StreamFollowingRequest request,
        IServerStreamWriter<StreamFollowingResponse> responseStream,
        ServerCallContext context
    )
    {
        var caller = context.GetCaller();
        caller.Require(CallerRole.Service);
        var member = caller.ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .Optional("kind", request.Kind);
        var size = ChunkSize(validator, request.ChunkSize);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var scope = $"StreamFollowing|{member}|{(int)request.Kind}";
        FollowKind[] kinds =
            request.Kind == EntityKind.Unspecified
                ? System.Enum.GetValues<FollowKind>()
                : [(FollowKind)(int)request.Kind];

        // A cursor is the kind's number and the position within the kind, empty at its start.
        var (first, position) = (0, (string?)null);
        if (PositionOf(scope, request.Cursor) is { } cursor)
        {
            first = System.Array.FindIndex(
                kinds,
                kind => cursor.Length > 0 && (int)kind == cursor[0] - '0'
            );
            position = cursor.Length > 1 ? cursor[1..] : null;
            if (first < 0)
            {
                throw InvalidCursor();
            }
        }
        for (var index = first; index < kinds.Length; index++)
        {
            var pages = store.StreamFollowingAsync(
                member,
                kinds[index],
                position,
                size,
                context.CancellationToken
            );
            position = null;
            await foreach (var page in Cursors(pages))
            {
                var last = page.Next is null && index == kinds.Length - 1;
                // Kinds of which nothing is followed send nothing, but there is always a last chunk.
                if (page.Entries.Count == 0 && !last)
                {
                    continue;
                }
                var next =
                    last ? null
                    : page.Next is null ? $"{(int)kinds[index + 1]}"
                    : $"{(int)kinds[index]}{page.Next}";
                await responseStream.WriteAsync(
                    new StreamFollowingResponse
                    {
                        Kind = kinds[index].ToProto(),
                        EntityIds = { page.Entries.Select(entry => entry.Id) },
                        Cursor = PageToken.Encode(scope, next),
                        Complete = last,
                    },
                    context.CancellationToken
                );
            }
        }
    }

    private async Task<(BatchFollowResult Result, long Revision)> FollowItemAsync(
        string member,
        string requestId,
        string fingerprint,
        Entity entity,
        int index,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var validator = new RequestValidator();
            var followable = validator.Entity($"entities[{index}]", entity);
            validator.ThrowIfInvalid();
            // Each item remembers its own answer; a slash cannot be part of a caller's id.
            var itemId = requestId.Length == 0 ? "" : $"{requestId}/{index}";
            var write = await handler.FollowAsync(
                member,
                followable,
                itemId,
                fingerprint,
                cancellationToken
            );
            var result = new BatchFollowResult
            {
                Entity = followable.ToProto(),
                Status = new Google.Rpc.Status(),
                AlreadyFollowing = write.Outcome == FollowOutcome.Unchanged,
            };
            return (result, write.Revision);
        }
        catch (DomainException refusal) when (refusal.Reason != ErrorReason.RequestIdReused)
        {
            return (
                new BatchFollowResult { Entity = entity, Status = refusal.ToStatus(Domain) },
                0
            );
        }
    }

    private async Task<FollowCheck[]> CheckAsync(
        string member,
        Followable[] entities,
        CancellationToken cancellationToken
    )
    {
        // Both in the member's own bucket. Who follows the member is the member's to know.
        string[] others = [.. entities.Where(IsMember).Select(entity => entity.Id)];
        var followingTask = store.AreFollowedByAsync(member, entities, cancellationToken);
        var followedBy = await store.AreFollowersAsync(
            Followable.Member(member),
            others,
            cancellationToken
        );
        var following = await followingTask;
        var checks = new FollowCheck[entities.Length];
        var other = 0;
        for (var index = 0; index < checks.Length; index++)
        {
            checks[index] = new FollowCheck
            {
                Entity = entities[index].ToProto(),
                Following = following[index],
                FollowedBy = IsMember(entities[index]) && followedBy[other++],
            };
        }
        return checks;
    }

    private static bool IsMember(Followable entity) => entity.Kind == FollowKind.Member;

    private static Followable[] ReadEntities(
        RequestValidator validator,
        IReadOnlyList<Entity> entities
    ) => [.. entities.Select((entity, index) => validator.Entity($"entities[{index}]", entity))];

    private static string FingerprintOf(string requestId, Google.Protobuf.IMessage request) =>
        requestId.Length == 0 ? "" : RequestFingerprint.Of(request);

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

    private static void RefuseCanFollow(bool asked)
    {
        if (asked)
        {
            throw NotBuilt("can_follow is not answered yet.");
        }
    }

    private static DomainException NotBuilt(string message) =>
        new(ErrorReason.NotImplemented, message);

    private static int ChunkSize(RequestValidator validator, int size)
    {
        if (size is < 0 or > LargestChunk)
        {
            validator.Add(
                "chunk_size",
                $"must be between 0 (the default, {DefaultChunk}) and {LargestChunk}"
            );
        }
        return size == 0 ? DefaultChunk : size;
    }

    private static string? PositionOf(string scope, string cursor)
    {
        try
        {
            return PageToken.Decode(scope, cursor);
        }
        catch (DomainException exception) when (exception.Reason == ErrorReason.InvalidPageToken)
        {
            throw InvalidCursor();
        }
    }

    /// <summary>A position that makes no sense to the store is a cursor to the caller of a stream.</summary>
    private static async IAsyncEnumerable<FollowPage> Cursors(IAsyncEnumerable<FollowPage> pages)
    {
        await using var page = pages.GetAsyncEnumerator();
        while (true)
        {
            try
            {
                if (!await page.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (DomainException exception)
                when (exception.Reason == ErrorReason.InvalidPageToken)
            {
                throw InvalidCursor();
            }
            yield return page.Current;
        }
    }

    private static DomainException InvalidCursor() =>
        new(ErrorReason.InvalidCursor, "The cursor is not one that this stream gave.");
}
