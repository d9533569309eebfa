using Platform.Connections.Relationships;

namespace Platform.Connections.Recommendations;

/// <summary>Who recommends whom: the key of a <see cref="RecommendationThread"/>. Two different members.</summary>
public readonly record struct RecommendationKey(string AuthorId, string RecipientId)
{
    /// <summary>The two without a direction.</summary>
    public MemberPair Pair => MemberPair.Of(AuthorId, RecipientId);

    /// <summary>What a member is here; null for a stranger.</summary>
    public RecommendationRole? RoleOf(string member) =>
        string.Equals(member, AuthorId, StringComparison.Ordinal) ? RecommendationRole.Author
        : string.Equals(member, RecipientId, StringComparison.Ordinal)
            ? RecommendationRole.Recipient
        : null;

    /// <summary>The member in a role.</summary>
    public string MemberIn(RecommendationRole role) =>
        role == RecommendationRole.Author ? AuthorId : RecipientId;
}
