using Platform.Feed.Sources;

namespace Platform.Feed.HomeFeed;

/// <summary>What was known of a viewer's relations at a moment. Whatever followed from it still does while it is equal.</summary>
public readonly record struct RelationsState(KeptState Connections, KeptState Follows);
