using Platform.Connections.Recommendations;

namespace Platform.Connections.Storage;

/// <summary>Which part of which list of recommendations.</summary>
/// <param name="MemberId">Whose list.</param>
/// <param name="Role">What the member is in all of them.</param>
/// <param name="Limit">How many at most.</param>
public sealed record RecommendationQuery(string MemberId, RecommendationRole Role, int Limit)
{
    /// <summary>Only those in this state; null for all.</summary>
    public RecommendationState? State { get; init; }

    /// <summary>Only those on the recipient's profile, see <see cref="Recommendation.IsPublic"/>.</summary>
    public bool PublicOnly { get; init; }

    /// <summary>Only what comes after this place, by create time and the other's id; null for the beginning.</summary>
    public ListPosition? After { get; init; }
}
