namespace Platform.Feed.Storage;

/// <summary>What the fan-out has not done yet.</summary>
public sealed record DeliveryBacklog(
    long PendingPosts,
    long RetryingPosts,
    DateTimeOffset? OldestCreateTime
);
