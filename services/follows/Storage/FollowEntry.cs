namespace Platform.Follows.Storage;

/// <summary>An id in a list.</summary>
/// <param name="Id">The id.</param>
/// <param name="Since">When the follow began, where that is kept.</param>
public readonly record struct FollowEntry(string Id, DateTimeOffset? Since);
