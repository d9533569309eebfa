using Platform.Feed.Posts;

namespace Platform.Feed.Operations;

/// <summary>Something wrong with a timeline.</summary>
public sealed record FeedFinding(
    string MemberId,
    PostId PostId,
    FindingKind Kind,
    bool IsRepaired = false
);
