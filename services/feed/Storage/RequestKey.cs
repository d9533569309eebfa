namespace Platform.Feed.Storage;

/// <summary>What makes repeating a mutation safe.</summary>
/// <param name="Id">The caller's <c>request_id</c>.</param>
/// <param name="Fingerprint">Stands for the content of the request.</param>
public sealed record RequestKey(string Id, string Fingerprint);
