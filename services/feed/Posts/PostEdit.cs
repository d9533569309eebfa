using Platform.Feed.Storage;

namespace Platform.Feed.Posts;

/// <summary>What somebody wants to change of a post; null leaves it as it is.</summary>
public sealed record PostEdit(string? Text, PostAudience? Audience, RequestKey? Request);
