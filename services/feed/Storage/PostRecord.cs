using Platform.Feed.FanOut;
using Platform.Feed.Posts;

namespace Platform.Feed.Storage;

/// <summary>All that is kept of a post, deleted ones included.</summary>
/// <param name="DeleteTime">Set for a deleted post, whose text and hashtags are gone.</param>
public sealed record PostRecord(Post Post, DateTimeOffset? DeleteTime, DeliveryJob Job);
