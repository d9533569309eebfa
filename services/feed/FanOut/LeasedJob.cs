namespace Platform.Feed.FanOut;

/// <summary>A job and the right to work on it.</summary>
/// <param name="LeaseId">Names this lease; a later lease of the same job has another.</param>
public sealed record LeasedJob(DeliveryJob Job, string LeaseId);
