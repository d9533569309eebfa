using Google.Protobuf.WellKnownTypes;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Recommendations;

/// <summary>Between the contract and the domain.</summary>
internal static class RecommendationMapping
{
    /// <summary>The recommendation, with all that it holds: what a viewer may not see is not in it any more.</summary>
    public static Proto.Recommendation ToProto(
        RecommendationKey key,
        Recommendation recommendation
    ) =>
        new()
        {
            RecommendationId = new RecommendationId(key, recommendation.Number).ToString(),
            AuthorId = key.AuthorId,
            RecipientId = key.RecipientId,
            State = (Proto.RecommendationState)recommendation.State,
            Shown = recommendation.Shown,
            Text = recommendation.Text,
            Relationship = recommendation.Relationship,
            RequestText = recommendation.RequestText,
            RevisionRequestText = recommendation.RevisionRequestText,
            RevisedText = recommendation.RevisedText,
            RevisedRelationship = recommendation.RevisedRelationship,
            CreateTime = recommendation.CreateTime.ToTimestamp(),
            AcceptTime = recommendation.AcceptTime?.ToTimestamp(),
            UpdateTime = recommendation.UpdateTime.ToTimestamp(),
        };

    /// <summary>The state of a filter; null for all.</summary>
    public static RecommendationState? ToDomain(Proto.RecommendationState state) =>
        state == Proto.RecommendationState.Unspecified ? null : (RecommendationState)state;
}
