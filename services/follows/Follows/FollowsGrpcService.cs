using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Limits;
using Platform.Follows.Mutes;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Follows.Visibility;
using Platform.Follows.Watch;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Idempotency;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;
using Quota = Platform.Follows.Limits.FollowQuota;

namespace Platform.Follows.Follows;

/// <summary>Translates the contract of follows.</summary>
public sealed class FollowsGrpcService(
    FollowsHandler handler,
    FollowChecks checks,
    MutesHandler mutes,
    FollowWatchHandler watch,
    FollowerCounts followerCounts,
    FollowLimitsSource limits,
    IFollowStore store,
    IMuteStore muteStore,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : FollowsService.FollowsServiceBase
{
    private const string Domain = "platform.follows.v1";
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
        var answer = await handler.FollowAsync(
            member,
            entity,
            LimitsOf(context).Enforced,
            request.RequestId,
            FingerprintOf(request.RequestId, request),
            context.CancellationToken
        );
        return new FollowResponse
        {
            Revision = FollowRevision.Of(member, answer.Revision),
            Entity = entity.ToProto(),
            AlreadyFollowing = !answer.IsNew,
            Quota = answer.Quota.ToProto(),
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
        var tier = LimitsOf(context);
        new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId)
            .Batch("entities", request.Entities.Count, tier.BatchFollows)
            .ThrowIfInvalid();
        var wishes = request
            .Entities.Select((entity, index) => WishOf(entity, request.RequestId, index))
            .ToList();
        var answers = await handler.FollowAsync(
            member,
            wishes,
            tier.Enforced,
            FingerprintOf(request.RequestId, request),
            context.CancellationToken
        );
        return new BatchFollowResponse
        {
            Results =
            {
                answers.Select(
                    (item, index) =>
                        new BatchFollowResult
                        {
                            Entity = wishes[index].Refusal is null
                                ? wishes[index].Entity.ToProto()
                                : request.Entities[index],
                            Status = item.Refusal?.ToStatus(Domain) ?? new Google.Rpc.Status(),
                            AlreadyFollowing = item.Answer is { IsNew: false },
                        }
                ),
            },
            Revision = FollowRevision.Of(member, answers.Max(item => item.Answer?.Revision ?? 0)),
            // the last of them knows what the others took
            Quota = answers
                .Select(item => item.Answer?.Quota)
                .LastOrDefault(quota => quota is not null)
                .ToProto(),
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
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId);
        var entity = validator.Entity("entity", request.Entity);
        validator.ThrowIfInvalid();
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

    public override async Task<GetFollowQuotaResponse> GetFollowQuota(
        GetFollowQuotaRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator().MemberId("member_id", member).ThrowIfInvalid();
        var bounds = LimitsOf(context).Bounds;
        var usage = await store.ReadUsageAsync(member, context.CancellationToken);
        return new GetFollowQuotaResponse { Quota = new Quota(bounds, usage).ToProto() };
    }

    public override async Task WatchFollows(
        WatchFollowsRequest request,
        IServerStreamWriter<WatchFollowsResponse> responseStream,
        ServerCallContext context
    )
    {
        var (filter, cursor, heartbeat) = FollowWatchMapping.ToDomain(request, context.GetCaller());
        // a stream ends only by its caller, and would hold up the end of the process
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken,
            lifetime.ApplicationStopping
        );
        await watch.WatchAsync(
            filter,
            cursor,
            heartbeat,
            // A token given to WriteAsync would reset the stream when it is cancelled; the caller is to get a status.
            (sent, cancellationToken) =>
                responseStream
                    .WriteAsync(
                        FollowWatchMapping.ToProto(sent, filter.Owner, time.GetUtcNow()),
                        CancellationToken.None
                    )
                    .WaitAsync(cancellationToken),
            ending.Token
        );
    }

    private async Task<FollowCheck[]> CheckAsync(
        string member,
        Followable[] entities,
        Entity[] asked,
        bool includeCanFollow,
        ServerCallContext context
    )
    {
        var standings = await store.CheckAsync(member, entities, context.CancellationToken);
        var refusals = includeCanFollow
            ? await checks.RefusalsAsync(
                member,
                entities,
                standings,
                LimitsOf(context).Enforced,
                context.CancellationToken
            )
            : null;
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

    private FollowTierLimits LimitsOf(ServerCallContext context) =>
        limits.Of(context.GetCaller().Tier);

    private static FollowWish WishOf(Entity entity, string requestId, int index)
    {
        var validator = new RequestValidator();
        var followable = validator.Entity($"entities[{index}]", entity);
        // Each item remembers its own answer; a slash cannot be part of a caller's id.
        var itemId = requestId.Length == 0 ? "" : $"{requestId}/{index}";
        try
        {
            validator.ThrowIfInvalid();
            return new FollowWish(followable, null, itemId);
        }
        catch (DomainException refusal)
        {
            return new FollowWish(followable, refusal, itemId);
        }
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

    private DateTimeOffset? ReadEnd(RequestValidator validator, Timestamp? end)
    {
        if (end is null)
        {
            return null;
        }
        try
        {
            var moment = end.ToDateTimeOffset();
            if (moment <= time.GetUtcNow())
            {
                validator.Add("end_time", "must be in the future");
            }
            return moment;
        }
        catch (InvalidOperationException)
        {
            // Nanoseconds or seconds outside what the type promises.
            validator.Add("end_time", "is not a valid timestamp");
            return null;
        }
    }

    /// <summary>As whom a caller sees counts: a service that names nobody sees what services see.</summary>
    private static string SeesAs(Caller caller, string viewer) =>
        caller.Role == CallerRole.Service ? "" : viewer;

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
