namespace Platform.Messaging.Conversations;

/// <summary>A page of a member's conversations, newest activity first.</summary>
/// <param name="Conversations">The conversations.</param>
/// <param name="Next">Where the next page begins, in the store's own terms; null at the end.</param>
public sealed record ConversationPage(IReadOnlyList<ConversationView> Conversations, string? Next);
