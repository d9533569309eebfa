namespace Platform.Feed.Posts;

/// <summary>A post as it stands.</summary>
/// <param name="Hashtags">Normalised, without <c>#</c>, each once, in the order of the text.</param>
/// <param name="ProfileChange">Set for profile updates only.</param>
/// <param name="UpdateTime">Null if it was never edited.</param>
/// <param name="Revision">1 when created, one more with each edit.</param>
public sealed record Post(
    PostId Id,
    EntityRef Author,
    PostKind Kind,
    string Text,
    IReadOnlyList<string> Hashtags,
    PostAudience Audience,
    ProfileChangeKind? ProfileChange,
    DateTimeOffset CreateTime,
    DateTimeOffset? UpdateTime,
    int Revision
);
