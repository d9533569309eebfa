using Platform.Feed.Posts;

namespace Platform.Feed.FanOut;

/// <summary>The fan-out of one post.</summary>
/// <param name="Position">How far it is, see <see cref="DeliveryPlan"/>; empty at the start.</param>
/// <param name="RetryCount">Failures so far.</param>
/// <param name="Failures">Failures since the last progress.</param>
/// <param name="RetryReason">Why it failed last; null after progress.</param>
/// <param name="StartTime">When it was first leased.</param>
/// <param name="CompleteTime">When it was completed.</param>
/// <param name="TraceParent">The trace that the delivery goes on with, see <see cref="PostTrace"/>; null if there is none.</param>
public sealed record DeliveryJob(
    PostId PostId,
    EntityRef Author,
    PostAudience Audience,
    IReadOnlyList<string> Hashtags,
    DateTimeOffset CreateTime,
    DeliveryState State,
    string Position,
    DeliveryCounts Counts,
    int RetryCount,
    int Failures,
    string? RetryReason,
    DateTimeOffset? StartTime,
    DateTimeOffset? CompleteTime,
    string? TraceParent
);
