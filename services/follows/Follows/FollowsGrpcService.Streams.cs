using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.V1;
using Platform.Follows.Watch;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Streaming;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Follows;

/// <content>Whole lists, and changes as they happen.</content>
public sealed partial class FollowsGrpcService
{
    private const int DefaultChunk = 1000;
    private const int LargestChunk = 5000;

    public override async Task StreamFollowers(
        StreamFollowersRequest request,
        IServerStreamWriter<StreamFollowersResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Service);
        var validator = new RequestValidator();
        var entity = validator.Entity("entity", request.Entity);
        var size = validator.ChunkSize(request.ChunkSize, DefaultChunk, LargestChunk);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var scope = $"StreamFollowers|{entity.Kind}|{entity.Id}";
        var pages = store.StreamFollowersAsync(
            entity,
            StreamCursor.Decode(scope, request.Cursor),
            size,
            context.CancellationToken
        );
        await foreach (var page in pages.RefusingCursors())
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
        var size = validator.ChunkSize(request.ChunkSize, DefaultChunk, LargestChunk);
        validator.ThrowIfInvalid();
        FollowRevision.Require(request.Consistency);
        var scope = $"StreamFollowing|{member}|{(int)request.Kind}";
        FollowKind[] kinds =
            request.Kind == EntityKind.Unspecified
                ? System.Enum.GetValues<FollowKind>()
                : [(FollowKind)(int)request.Kind];

        // A cursor is the kind's number and the position within the kind, empty at its start.
        var (first, position) = (0, (string?)null);
        if (StreamCursor.Decode(scope, request.Cursor) is { } cursor)
        {
            first = System.Array.FindIndex(
                kinds,
                kind => cursor.Length > 0 && (int)kind == cursor[0] - '0'
            );
            position = cursor.Length > 1 ? cursor[1..] : null;
            if (first < 0)
            {
                throw StreamCursor.Foreign();
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
            await foreach (var page in pages.RefusingCursors())
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

    public override async Task WatchFollows(
        WatchFollowsRequest request,
        IServerStreamWriter<WatchFollowsResponse> responseStream,
        ServerCallContext context
    )
    {
        var (filter, cursor, heartbeat) = FollowWatchMapping.ToDomain(request, context.GetCaller());
        using var ending = context.EndingWith(lifetime);
        await watch.WatchAsync(
            filter,
            cursor,
            heartbeat,
            (sent, cancellationToken) =>
                responseStream.SendAsync(
                    FollowWatchMapping.ToProto(sent, filter.Owner, time.GetUtcNow()),
                    cancellationToken
                ),
            ending.Token
        );
    }
}
