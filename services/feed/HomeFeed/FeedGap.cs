using Platform.Common.V1;

namespace Platform.Feed.HomeFeed;

/// <summary>Something that is missing from an answer.</summary>
/// <param name="Source">What could not be asked or finished.</param>
public sealed record FeedGap(string Source, ErrorReason Reason);
