using System.Globalization;
using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.HomeFeed;

/// <summary>A revision of the feed: the post that was changed last, and its revision. Opaque to callers.</summary>
public readonly record struct FeedRevision(PostId Post, int Revision)
{
    /// <summary>Reads a revision that a caller presents; null for an empty one.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidRevision"/>.</exception>
    public static FeedRevision? Parse(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return
            text[0] == 'p'
            && dot > 0
            && PostId.TryParse(text[1..dot], out var post)
            && int.TryParse(
                text.AsSpan(dot + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var revision
            )
            ? new FeedRevision(post, revision)
            : throw new DomainException(
                ErrorReason.InvalidRevision,
                "at_least_revision is not a revision that the feed returned."
            );
    }

    public static FeedRevision Of(Post post) => new(post.Id, post.Revision);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"p{Post.Value}.{Revision}");
}
