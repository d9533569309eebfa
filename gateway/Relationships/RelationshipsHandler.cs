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
    private static readonly Capability SelfConversation = Capabilities.Refused(
        ErrorCatalog.NameOf(ErrorReason.SelfConversation)
    );
    private static readonly Capability NotFirstDegree = Capabilities.Refused(
        ErrorCatalog.NameOf(ErrorReason.NotFirstDegree)
    );

    /// <summary>The relationships in the order of the query, and what is missing of them.</summary>
    /// <exception cref="DomainException">No source answered, or one refused the caller.</exception>
    public async Task<(
        IReadOnlyList<Relationship> Relationships,
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
        var relationships = new Relationship[query.TargetIds.Count];
        for (var index = 0; index < relationships.Length; index++)
        {
            relationships[index] = Compose(query, answers, index);
        }
        return (relationships, completeness);
    }

    private static Relationship Compose(
        RelationshipQuery query,
        RelationshipAnswers answers,
        int index
    )
    {
        var standings = answers.Standings?.Value;
        var follows = answers.Follows?.Value;
        var relationship = new Relationship { TargetId = query.TargetIds[index] };
        if (query.Wants(RelationshipPart.Degree))
        {
            relationship.Degree = DegreeOf(query, answers, index);
        }
        if (
            query.Wants(RelationshipPart.MutualConnections) && answers.Network?.Value is { } network
        )
        {
            relationship.MutualConnectionCount = (int)network.MutualCounts[index];
        }
        if (query.Wants(RelationshipPart.Invitation))
        {
            relationship.Invitation = InvitationOf(standings, index);
        }
        if (query.Wants(RelationshipPart.Follows))
        {
            relationship.Follows = AnswerOf(follows?.Follows(index));
            relationship.FollowedBy = AnswerOf(follows?.IsFollowedBy(index));
        }
        if (query.Wants(RelationshipPart.Mute))
        {
            relationship.Mutes = AnswerOf(follows?.Mutes(index));
        }
        if (query.Wants(RelationshipPart.Block))
        {
            relationship.Blocks = AnswerOf(standings?.Blocks(index));
        }
        if (query.Wants(RelationshipPart.Capabilities))
        {
            if (standings is null)
            {
                relationship.CanInvite =
                    relationship.CanRecommend =
                    relationship.CanMessage =
                        Unknown(answers.Standings!.Failure);
            }
            else
            {
                relationship.CanInvite = standings.InviteOf(index);
                relationship.CanRecommend = standings.RecommendOf(index);
                relationship.CanMessage = MessagingOf(standings.StatusOf(index));
            }
            relationship.CanFollow = follows?.FollowOf(index) ?? Unknown(answers.Follows!.Failure);
        }
        return relationship;
    }

    // A check is strong and the network is not: who is connected is of the first degree even where the network has not heard of it.
    private static Degree DegreeOf(
        RelationshipQuery query,
        RelationshipAnswers answers,
        int index
    ) =>
        string.Equals(query.TargetIds[index], query.ViewerId, StringComparison.Ordinal)
            ? Degree.Self
        : answers.Standings?.Value?.StatusOf(index) == ConnectionStatus.Connected ? Degree.First
        : answers.Network?.Value?.Degrees[index] switch
        {
            Platform.Connections.V1.Degree.Self => Degree.Self,
            Platform.Connections.V1.Degree.First => Degree.First,
            Platform.Connections.V1.Degree.Second => Degree.Second,
            Platform.Connections.V1.Degree.Third => Degree.Third,
            Platform.Connections.V1.Degree.OutOfNetwork => Degree.OutOfNetwork,
            _ => Degree.Unknown,
        };

    private static InvitationStatus InvitationOf(Standings? standings, int index)
    {
        if (standings is null)
        {
            return new InvitationStatus { State = InvitationState.Unknown };
        }
        var invitation = standings.InvitationOf(index);
        var coolDownEnd = standings.CoolDownEndOf(index);
        return new InvitationStatus
        {
            State = standings.StatusOf(index) switch
            {
                ConnectionStatus.InvitationSent => InvitationState.Sent,
                ConnectionStatus.InvitationReceived => InvitationState.Received,
                _ when coolDownEnd is not null => InvitationState.CoolDown,
                _ => InvitationState.None,
            },
            InvitationId = invitation?.InvitationId ?? "",
            SentTime = invitation?.SentTime,
            CoolDownEndTime = coolDownEnd,
        };
    }

    private static Answer AnswerOf(bool? answer) =>
        answer switch
        {
            true => Answer.Yes,
            false => Answer.No,
            null => Answer.Unknown,
        };

    // messaging asks connections for the first degree, and nothing else
    private static Capability MessagingOf(ConnectionStatus status) =>
        status switch
        {
            ConnectionStatus.Connected => Capabilities.Allowed,
            ConnectionStatus.Self => SelfConversation,
            _ => NotFirstDegree,
        };

    private static Capability Unknown(ErrorReason? failure) =>
        Capabilities.Unknown(ErrorCatalog.NameOf(failure ?? ErrorReason.DependencyUnavailable));
}
