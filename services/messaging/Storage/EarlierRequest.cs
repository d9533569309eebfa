namespace Platform.Messaging.Storage;

/// <summary>What an earlier request with the same id stored.</summary>
/// <param name="Number">The number of its message.</param>
/// <param name="CreateTime">When it was stored.</param>
/// <param name="Fingerprint">Of that request.</param>
public sealed record EarlierRequest(long Number, DateTimeOffset CreateTime, string Fingerprint);
