using Platform.Feed.Posts;

namespace Platform.Feed.Sources;

/// <summary>What a member has with an entity.</summary>
/// <param name="Followed">Whether the member follows it.</param>
/// <param name="PostsMuted">Whether the member does not want to see its posts, followed or not.</param>
/// <param name="UpdatesMuted">The same of its profile updates.</param>
/// <param name="MuteEnd">When the mute ends by itself, which follows tells nobody; null for never.</param>
public readonly record struct FollowStanding(
    bool Followed,
    bool PostsMuted = false,
    bool UpdatesMuted = false,
    DateTimeOffset? MuteEnd = null
)
{
    /// <summary>Whether a kind of post is muted.</summary>
    public bool Mutes(PostKind kind) => kind == PostKind.Post ? PostsMuted : UpdatesMuted;

    /// <summary>The same, without a mute that is over.</summary>
    public FollowStanding At(DateTimeOffset now) =>
        MuteEnd <= now ? new FollowStanding(Followed) : this;
}
