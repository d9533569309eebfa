namespace Platform.Connections.Network;

/// <summary>A part of a list of suggestions.</summary>
/// <param name="Members">Who is proposed, the best first.</param>
/// <param name="Next">Where the next part begins; null at the end.</param>
public sealed record SuggestionsPage(
    IReadOnlyList<SuggestedMember> Members,
    SuggestionPosition? Next
);
