using Platform.Feed.Posts;

namespace Platform.Feed.Timelines;

/// <summary>What the stored posts and the present relations say about a timeline.</summary>
/// <param name="Sources">Whose posts belong into it; true for those whose posts for connections do too.</param>
/// <param name="Newest">The newest posts of all the sources, as many as a timeline keeps.</param>
/// <param name="Following">The version of what the member follows.</param>
/// <param name="Connections">The version of who the member's connections are.</param>
public sealed record TimelineReference(
    IReadOnlyDictionary<EntityRef, bool> Sources,
    IReadOnlyList<PostId> Newest,
    long Following,
    long Connections
)
{
    /// <summary>Whether a post belongs into it: the rule of the fan-out, without what hides posts from readers for a while.</summary>
    public bool Includes(Post post) =>
        Sources.TryGetValue(post.Author, out var connected) && connected
        || post.Audience == PostAudience.Everyone
            && (
                Sources.ContainsKey(post.Author)
                || post.Hashtags.Any(tag => Sources.ContainsKey(EntityRef.Hashtag(tag)))
            );

    /// <summary>Whether a timeline was built from these sources; if not, the next read builds it anew.</summary>
    public bool Matches(TimelineMark mark) =>
        mark.Following == Following && mark.Connections == Connections;
}
