namespace Platform.Messaging.Search;

/// <summary>What is searched for.</summary>
/// <param name="MemberId">In whose conversations.</param>
/// <param name="Words">Folded words that must all be there; at least one.</param>
/// <param name="ConversationId">Only this one; empty for all.</param>
/// <param name="SenderId">Only what this one sent; empty for everybody.</param>
/// <param name="After">A <see cref="SearchPage.Next"/>, or null for the first page.</param>
/// <param name="Limit">At most so many.</param>
public sealed record SearchQuery(
    string MemberId,
    IReadOnlyList<string> Words,
    string ConversationId,
    string SenderId,
    string? After,
    int Limit
);
