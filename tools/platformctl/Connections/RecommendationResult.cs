using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>A recommendation as this program prints it.</summary>
public sealed record RecommendationResult(
    string RecommendationId,
    string AuthorId,
    string RecipientId,
    string State,
    bool Shown,
    string? Text,
    string? Relationship,
    string? RequestText,
    string? RevisionRequestText,
    string? RevisedText,
    string? RevisedRelationship,
    DateTimeOffset? CreateTime,
    DateTimeOffset? AcceptTime,
    DateTimeOffset? UpdateTime,
    string? Revision
)
{
    public static RecommendationResult From(
        Recommendation recommendation,
        string? revision = null
    ) =>
        new(
            recommendation.RecommendationId,
            recommendation.AuthorId,
            recommendation.RecipientId,
            NameOf(recommendation.State),
            recommendation.Shown,
            NullIfEmpty(recommendation.Text),
            NullIfEmpty(recommendation.Relationship),
            NullIfEmpty(recommendation.RequestText),
            NullIfEmpty(recommendation.RevisionRequestText),
            NullIfEmpty(recommendation.RevisedText),
            NullIfEmpty(recommendation.RevisedRelationship),
            Format.Time(recommendation.CreateTime),
            Format.Time(recommendation.AcceptTime),
            Format.Time(recommendation.UpdateTime),
            revision
        );

    private static string NameOf(RecommendationState state) =>
        state == RecommendationState.RevisionAsked ? "revision-asked" : Format.Name(state);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
