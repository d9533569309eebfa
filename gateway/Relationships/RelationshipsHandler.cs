using Google.Protobuf.WellKnownTypes;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Relationships.V1;
using Platform.ServiceDefaults.Errors;
using Degree = Platform.Relationships.V1.Degree;
using InvitationState = Platform.Relationships.V1.InvitationState;

namespace Platform.Gateway.Relationships;

/// <summary>
/// Puts together what the services say about a viewer and other members. It decides nothing that they do not: what one of them
/// did not say is unknown here.
/// </summary>
/// <remarks>It turns contracts into a contract, so the generated types are what it works on.</remarks>
internal sealed class RelationshipsHandler(RelationshipSources sources)
{
    /// <summary>The relationships by the other's id, and what is missing of them.</summary>
    /// <exception cref="DomainException">No source answered, or one refused the caller.</exception>
    public async Task<(
        IReadOnlyDictionary<string, Relationship> ById,
        Completeness Completeness
    )> ReadAsync(RelationshipQuery query, CancellationToken cancellationToken)
    {
        var answers = await sources.AskAsync(query, cancellationToken);
        var asked = answers.Sources.ToList();
        if (asked.Count > 0 && asked.All(source => source.Failure is not null))
        {
            var (source, failure) = asked[0];
            throw new DomainException(
                failure!.Value,
                "None of the services that know about relationships answered."
            ).With("dependency", source);
        }
        var completeness = new Completeness
        {
            Gaps =
            {
                asked
                    .Where(source => source.Failure is not null)
                    .DistinctBy(source => source.Source)
                    .Select(source => new Gap
                    {
                        Source = source.Source,
                        Reason = ErrorCatalog.NameOf(source.Failure!.Value),
                    }),
            },
        };
        completeness.Complete = completeness.Gaps.Count == 0;
        return (
            query.TargetIds.ToDictionary(
                id => id,
                id => Compose(query, answers, id),
                StringComparer.Ordinal
            ),
            completeness
        );
    }

    private static Relationship Compose(
        RelationshipQuery query,
        RelationshipAnswers answers,
        string id
    )
    {
        var standing = answers.Standings?.Of(id);
        var check = answers.Follows?.Of(id);
        var relationship = new Relationship { TargetId = id };
        if (query.Wants(RelationshipPart.Degree))
        {
            relationship.Degree = DegreeOf(query, id, standing, answers.Degrees!.Of(id));
        }
        if (answers.MutualCounts?.Of(id) is { } mutual)
        {
            relationship.MutualConnectionCount = mutual.Count;
        }
        if (query.Wants(RelationshipPart.Invitation))
        {
            relationship.Invitation = InvitationOf(standing);
        }
        if (query.Wants(RelationshipPart.Follows))
        {
            relationship.Follows = AnswerOf(check?.Following);
            relationship.FollowedBy = AnswerOf(check?.FollowedBy);
        }
        if (query.Wants(RelationshipPart.Mute))
        {
            relationship.Mutes = AnswerOf(check?.Muted);
        }
        if (query.Wants(RelationshipPart.Block))
        {
            relationship.Blocks = AnswerOf(standing?.Blocks);
        }
        if (query.Wants(RelationshipPart.Capabilities))
        {
            var connectionsFailure = answers.Standings!.Failure;
            relationship.CanInvite = CapabilityOf(standing?.Invite, connectionsFailure);
            relationship.CanRecommend = CapabilityOf(standing?.Recommend, connectionsFailure);
            relationship.CanMessage = MessagingOf(standing, connectionsFailure);
            relationship.CanFollow =
                check is null ? Unknown(answers.Follows!.Failure)
                : check.CanFollow ? Allowed()
                : Refused(check.RefusalReason);
        }
        return relationship;
    }

    // A check is strong and the network is not: who is connected is of the first degree even where the network has not heard of it.
    private static Degree DegreeOf(
        RelationshipQuery query,
        string id,
        PairStanding? standing,
        MemberDegree? degree
    ) =>
        string.Equals(id, query.ViewerId, StringComparison.Ordinal) ? Degree.Self
        : standing is { Status: ConnectionStatus.Connected } ? Degree.First
        : degree?.Degree switch
        {
            Platform.Connections.V1.Degree.Self => Degree.Self,
            Platform.Connections.V1.Degree.First => Degree.First,
            Platform.Connections.V1.Degree.Second => Degree.Second,
            Platform.Connections.V1.Degree.Third => Degree.Third,
            Platform.Connections.V1.Degree.OutOfNetwork => Degree.OutOfNetwork,
            _ => Degree.Unknown,
        };

    private static InvitationStatus InvitationOf(PairStanding? standing) =>
        standing is null
            ? new InvitationStatus { State = InvitationState.Unknown }
            : new InvitationStatus
            {
                State = standing.Status switch
                {
                    ConnectionStatus.InvitationSent => InvitationState.Sent,
                    ConnectionStatus.InvitationReceived => InvitationState.Received,
                    _ when standing.CoolDownEndTime is not null => InvitationState.CoolDown,
                    _ => InvitationState.None,
                },
                InvitationId = standing.InvitationId,
                SentTime = standing.SentTime,
                CoolDownEndTime = standing.CoolDownEndTime,
            };

    private static Answer AnswerOf(bool? answer) =>
        answer switch
        {
            true => Answer.Yes,
            false => Answer.No,
            null => Answer.Unknown,
        };

    private static Capability CapabilityOf(Permission? permission, ErrorReason? failure) =>
        permission is null ? Unknown(failure)
        : permission.Allowed ? Allowed()
        : Refused(permission.RefusalReason, permission.RefusedUntilTime);

    // messaging asks connections for the first degree, and nothing else
    private static Capability MessagingOf(PairStanding? standing, ErrorReason? failure) =>
        standing?.Status switch
        {
            null => Unknown(failure),
            ConnectionStatus.Connected => Allowed(),
            ConnectionStatus.Self => Refused(ErrorCatalog.NameOf(ErrorReason.SelfConversation)),
            _ => Refused(ErrorCatalog.NameOf(ErrorReason.NotFirstDegree)),
        };

    private static Capability Allowed() => new() { State = CapabilityState.Allowed };

    private static Capability Refused(string reason, Timestamp? until = null) =>
        new()
        {
            State = CapabilityState.Refused,
            Reason = reason,
            RefusedUntilTime = until,
        };

    private static Capability Unknown(ErrorReason? failure) =>
        new()
        {
            State = CapabilityState.Unknown,
            Reason = ErrorCatalog.NameOf(failure ?? ErrorReason.DependencyUnavailable),
        };
}
