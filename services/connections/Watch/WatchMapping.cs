using Google.Protobuf.WellKnownTypes;
using Platform.Connections.Invitations;
using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Watch;

/// <summary>Between the contract and the domain.</summary>
internal static class WatchMapping
{
    private const int MaxWatched = 1000;

    /// <summary>What a request asks for.</summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException">
    /// INVALID_REQUEST, INVALID_CURSOR, ACTING_FOR_ANOTHER, or ROLE_REQUIRED for filters of services.
    /// </exception>
    public static (WatchFilter Filter, RecordCursor? Cursor, TimeSpan Heartbeat) ToDomain(
        Proto.WatchConnectionsRequest request,
        Caller caller
    )
    {
        var isMember = caller.Role == CallerRole.Member;
        var member = isMember ? caller.ActAs(request.MemberId) : request.MemberId;
        if (request.WatchedIds.Count > 0)
        {
            caller.Require(CallerRole.Service, CallerRole.Operator);
        }
        var validator = new RequestValidator()
            .OptionalMemberId("member_id", member)
            .MemberIds("watched_ids", request.WatchedIds)
            .Optional("start", request.Start);
        for (var index = 0; index < request.Kinds.Count; index++)
        {
            validator.Required($"kinds[{index}]", request.Kinds[index]);
        }
        if (request.WatchedIds.Count > MaxWatched)
        {
            validator.Add("watched_ids", $"takes at most {MaxWatched} ids");
        }
        var heartbeat = validator.Heartbeat(request.HeartbeatInterval);
        validator.ThrowIfInvalid();
        var filter = new WatchFilter
        {
            Member = member.Length == 0 ? null : member,
            IsMember = isMember,
            Watched = request.WatchedIds.ToHashSet(StringComparer.Ordinal),
            Kinds = request.Kinds.Select(kind => (TransitionKind)kind).ToHashSet(),
        };
        var cursor = RecordCursor.Read(request.Cursor);
        return (
            filter,
            cursor is null && request.Start == Proto.WatchStart.Beginning
                ? RecordCursor.Beginning
                : cursor,
            heartbeat
        );
    }

    /// <summary>An event as it is sent.</summary>
    /// <param name="sent">The event.</param>
    /// <param name="now">The clock of the service.</param>
    public static Proto.WatchConnectionsResponse ToProto(WatchEvent sent, DateTimeOffset now)
    {
        var response = new Proto.WatchConnectionsResponse { Cursor = sent.Cursor.Write() };
        if (sent.Change is { } change)
        {
            response.Change = ToProto(change);
        }
        else
        {
            response.Heartbeat = new Proto.WatchHeartbeat { ServerTime = now.ToTimestamp() };
        }
        return response;
    }

    private static Proto.ConnectionChange ToProto(VisibleChange change)
    {
        var message = new Proto.ConnectionChange
        {
            Kind = (Proto.ConnectionChangeKind)change.Kind,
            // a marker names its member on the high side
            FirstId = change.Pair.Low.Length == 0 ? change.Pair.High : change.Pair.Low,
            SecondId = change.Pair.Low.Length == 0 ? "" : change.Pair.High,
            ActorId = change.Actor == Side.None ? "" : change.Pair.MemberAt(change.Actor),
            Revision = RevisionToken.Write(change.Revision),
            ChangeTime = change.Time.ToTimestamp(),
            Status = (Proto.ConnectionStatus)change.Standing,
            Sequence = change.Revision,
        };
        if (change.InvitationNumber > 0)
        {
            message.InvitationId = new InvitationId(
                change.Pair,
                change.InvitationNumber
            ).ToString();
        }
        return message;
    }
}
