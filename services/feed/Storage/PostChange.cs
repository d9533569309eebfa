using Platform.Feed.Posts;

namespace Platform.Feed.Storage;

/// <summary>The new state of what an edit can change.</summary>
/// <param name="RestartDelivery">Whether the fan-out begins anew in the same write: somebody else may be reached now.</param>
public sealed record PostChange(
    string Text,
    IReadOnlyList<string> Hashtags,
    PostAudience Audience,
    DateTimeOffset UpdateTime,
    bool RestartDelivery
);
