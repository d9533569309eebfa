namespace Platform.Follows.Storage;

/// <summary>A piece of a list.</summary>
/// <param name="Entries">Its entries.</param>
/// <param name="Next">Where the next begins, in the store's own terms; null at the end.</param>
public sealed record FollowPage(IReadOnlyList<FollowEntry> Entries, string? Next);
