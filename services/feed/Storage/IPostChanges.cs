using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Storage;

/// <summary>
/// Which posts changed last, so that replicas may keep posts. A change is told after it is stored and before it is acknowledged:
/// whoever reads <see cref="GetLatestAsync"/> after an acknowledgement sees it. Methods throw <see cref="DomainException"/> with
/// <c>STORE_UNAVAILABLE</c>.
/// </summary>
public interface IPostChanges
{
    /// <summary>Tells that a post is not any more what it was.</summary>
    /// <param name="post">Null for more posts than can be named.</param>
    Task TellAsync(PostId? post, CancellationToken cancellationToken);

    /// <summary>Names the last change; null if none is known. No two changes have one name.</summary>
    Task<string?> GetLatestAsync(CancellationToken cancellationToken);

    /// <summary>The last changes, newest first: some hundreds. The name of each, and its post.</summary>
    Task<IReadOnlyList<(string Name, PostId? Post)>> ListAsync(CancellationToken cancellationToken);
}
