using Platform.Messaging.Messages;

namespace Platform.Messaging.Search;

/// <summary>A page of what was found, newest first.</summary>
/// <param name="Messages">What was found.</param>
/// <param name="Next">Where the next page begins, in the store's own terms; null at the end.</param>
/// <param name="IsComplete">Whether all was searched.</param>
public sealed record SearchPage(
    IReadOnlyList<StoredMessage> Messages,
    string? Next,
    bool IsComplete
);
