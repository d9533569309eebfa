using Google.Protobuf.WellKnownTypes;
using Platform.Follows.Entities;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;
using Proto = Platform.Follows.V1;

namespace Platform.Follows.Watch;

/// <summary>Between the contract and the domain.</summary>
internal static class FollowWatchMapping
{
    /// <summary>What a request asks for.</summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException">
    /// INVALID_REQUEST, INVALID_CURSOR, ACTING_FOR_ANOTHER, or ROLE_REQUIRED for operators.
    /// </exception>
    public static (FollowWatchFilter Filter, FollowCursor? Cursor, TimeSpan Heartbeat) ToDomain(
        Proto.WatchFollowsRequest request,
        Caller caller
    )
    {
        var owner =
            caller.Role == CallerRole.Service ? request.MemberId : caller.ActAs(request.MemberId);
        var validator = new RequestValidator()
            .OptionalMemberId("member_id", owner)
            .Optional("start", request.Start);
        for (var index = 0; index < request.Kinds.Count; index++)
        {
            validator.Required($"kinds[{index}]", request.Kinds[index]);
        }
        for (var index = 0; index < request.EntityKinds.Count; index++)
        {
            validator.Required($"entity_kinds[{index}]", request.EntityKinds[index]);
        }
        var heartbeat = validator.Heartbeat(request.HeartbeatInterval);
        validator.ThrowIfInvalid();
        var cursor = FollowCursor.Read(owner, request.Cursor);
        return (
            new FollowWatchFilter
            {
                Owner = owner,
                Kinds = request.Kinds.Select(kind => (FollowChangeKind)kind).ToHashSet(),
                EntityKinds = request.EntityKinds.Select(kind => (FollowKind)kind).ToHashSet(),
            },
            cursor is null && request.Start == Proto.FollowWatchStart.Beginning
                ? FollowCursor.Beginning
                : cursor,
            heartbeat
        );
    }

    /// <summary>An event as it is sent.</summary>
    public static Proto.WatchFollowsResponse ToProto(
        FollowWatchEvent sent,
        string owner,
        DateTimeOffset now
    )
    {
        var response = new Proto.WatchFollowsResponse { Cursor = sent.Cursor.Write(owner) };
        if (sent.Change is { } change)
        {
            response.Change = new Proto.FollowChange
            {
                Kind = (Proto.FollowChangeKind)FollowWatchFilter.KindOf(change),
                FollowerId = change.Pair.Follower,
                Entity = change.Pair.Entity.ToProto(),
                ChangeTime = FollowSequence.TimeOf(change.Sequence).ToTimestamp(),
            };
        }
        else
        {
            response.Heartbeat = new Proto.FollowWatchHeartbeat { ServerTime = now.ToTimestamp() };
        }
        return response;
    }
}
