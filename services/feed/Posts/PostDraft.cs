using Platform.Feed.Storage;

namespace Platform.Feed.Posts;

/// <summary>What somebody wants to publish.</summary>
public sealed record PostDraft(
    EntityRef Author,
    PostKind Kind,
    string Text,
    PostAudience Audience,
    ProfileChangeKind? ProfileChange,
    RequestKey? Request
);
