namespace Platform.Feed.FanOut;

/// <summary>What a part of a fan-out did.</summary>
/// <param name="Processed">Recipients gone through.</param>
/// <param name="Reached">Timelines that took the post.</param>
public readonly record struct DeliveryCounts(long Processed, long Reached);
