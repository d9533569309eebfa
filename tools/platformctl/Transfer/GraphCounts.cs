using Platform.Connections.V1;
using Platform.Follows.V1;

namespace Platform.Ctl.Transfer;

/// <summary>What a graph file holds between its header and its trailer.</summary>
/// <param name="Lines">All lines.</param>
/// <param name="Relationships">Relationships among them.</param>
/// <param name="Follows">Follows among them.</param>
/// <param name="Recommendations">Recommendations among them.</param>
/// <param name="Settings">Settings of members among them.</param>
public readonly record struct GraphCounts(
    long Lines,
    long Relationships,
    long Follows,
    long Recommendations,
    long Settings
)
{
    /// <summary>With one more line that holds this.</summary>
    public GraphCounts With(object? content) =>
        new(
            Lines + 1,
            Relationships + (content is RelationshipRecord ? 1 : 0),
            Follows + (content is FollowRecord ? 1 : 0),
            Recommendations + (content is RecommendationRecord ? 1 : 0),
            Settings + (content is MemberSettingsRecord ? 1 : 0)
        );
}
