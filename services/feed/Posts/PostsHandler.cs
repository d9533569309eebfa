using Platform.Common.V1;
using Platform.Feed.FanOut;
using Platform.Feed.Sources;
using Platform.Feed.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Feed.Posts;

/// <summary>Publishes, shows, changes and deletes posts.</summary>
public sealed class PostsHandler(
    IPostStore posts,
    PostIdGenerator ids,
    PostIdStart idStart,
    IConnectionsSource connections,
    FanOutSignal signal,
    IPostChanges changes,
    TimeProvider time
)
{
    private const int MostCreateAttempts = 5;
    private const int MostUpdateAttempts = 5;

    /// <summary>Stores a post with its delivery and wakes a worker.</summary>
    /// <exception cref="DomainException">
    /// <c>REQUEST_ID_REUSED</c>; <c>POST_NOT_FOUND</c> for a repetition after a deletion; <c>CONTENTION</c>.
    /// </exception>
    public async Task<Post> CreateAsync(PostDraft draft, CancellationToken cancellationToken)
    {
        await idStart.EnsureAsync(cancellationToken);
        for (var attempt = 0; attempt < MostCreateAttempts; attempt++)
        {
            var outcome = await posts.CreateAsync(NewPost(draft), draft.Request, cancellationToken);
            switch (outcome.Status)
            {
                case CreateStatus.Created or CreateStatus.Repeated:
                    signal.Wake();
                    return outcome.Post ?? throw NotFound();
                case CreateStatus.RequestIdReused:
                    throw RequestIdReused();
            }
            // another replica made this id: their clocks differ by more than leases of their numbers allow for
        }
        throw Contention();
    }

    /// <summary>The post, if the viewer may see it.</summary>
    /// <exception cref="DomainException"><c>POST_NOT_FOUND</c>, <c>DEPENDENCY_UNAVAILABLE</c>.</exception>
    public async Task<Post> GetAsync(
        string viewer,
        PostId id,
        CancellationToken cancellationToken
    ) =>
        await posts.GetAsync(id, cancellationToken) is { } post
        && (await VisibleAsync(viewer, [post], cancellationToken)).Contains(post)
            ? post
            : throw NotFound();

    /// <summary>
    /// The posts that the viewer may see, in the order of <paramref name="wanted"/>; null for the others. Throws only if
    /// nothing can be told; an item whose visibility cannot be proved has its refusal.
    /// </summary>
    public async Task<IReadOnlyList<(Post? Post, DomainException? Refusal)>> GetManyAsync(
        string viewer,
        IReadOnlyList<PostId> wanted,
        CancellationToken cancellationToken
    )
    {
        var found = (await posts.GetManyAsync(wanted, cancellationToken)).ToDictionary(post =>
            post.Id
        );
        IReadOnlySet<Post> visible;
        DomainException? unproven = null;
        try
        {
            visible = await VisibleAsync(viewer, found.Values, cancellationToken);
        }
        catch (DomainException exception)
            when (exception.Reason == ErrorReason.DependencyUnavailable)
        {
            unproven = exception;
            visible = found.Values.Where(post => !NeedsProof(viewer, post.Author)).ToHashSet();
        }
        return
        [
            .. wanted.Select(id =>
                !found.TryGetValue(id, out var post) ? (null, NotFound())
                : visible.Contains(post) ? (post, null)
                : ((Post?)null, unproven ?? NotFound())
            ),
        ];
    }

    /// <summary>
    /// An author's posts that the viewer may see, newest first; none while connections, which may know of a block, does not answer.
    /// </summary>
    public async Task<AuthorPostsPage> ListByAuthorAsync(
        string viewer,
        EntityRef author,
        int pageSize,
        string? position,
        CancellationToken cancellationToken
    )
    {
        var before = PostId.Newest;
        if (position is not null && !PostId.TryParse(position, out before))
        {
            throw PageToken.Foreign();
        }
        var standing = MemberStanding.None;
        if (NeedsProof(viewer, author))
        {
            try
            {
                standing = (
                    await connections.StandingsAsync(viewer, [author.Id], "", cancellationToken)
                )[author.Id];
            }
            catch (DomainException exception)
                when (exception.Reason == ErrorReason.DependencyUnavailable)
            {
                standing = MemberStanding.Unproven;
            }
        }
        if (standing is MemberStanding.Unproven or MemberStanding.Blocked)
        {
            return new AuthorPostsPage([], null, standing == MemberStanding.Unproven);
        }
        var found = await posts.ListByAuthorAsync(
            author,
            before,
            pageSize + 1,
            standing == MemberStanding.Connected || author == EntityRef.Member(viewer),
            cancellationToken
        );
        return new AuthorPostsPage(
            [.. found.Take(pageSize)],
            found.Count > pageSize ? found[pageSize - 1].Id.ToString() : null,
            Unproven: false
        );
    }

    /// <summary>
    /// Changes a post. If that lets it reach somebody new (a wider audience, another hashtag), it is delivered anew in the
    /// same write; readers see it once.
    /// </summary>
    /// <exception cref="DomainException">
    /// <c>POST_NOT_FOUND</c>, <c>NOT_THE_AUTHOR</c>, <c>AUTHOR_KIND</c>, <c>INVALID_REQUEST</c>, <c>REQUEST_ID_REUSED</c>,
    /// <c>CONTENTION</c>.
    /// </exception>
    public async Task<Post> UpdateAsync(
        PostActor actor,
        PostId id,
        PostEdit edit,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MostUpdateAttempts; attempt++)
        {
            var post = await posts.GetAsync(id, cancellationToken) ?? throw NotFound();
            actor.RequireAuthor(post.Author);
            PostRules.RequireEdit(post, edit);
            var text = edit.Text ?? post.Text;
            var audience = edit.Audience ?? post.Audience;
            var tags = edit.Text is null ? post.Hashtags : Hashtags.Parse(text);
            var change = new PostChange(
                text,
                tags,
                audience,
                Now(),
                RestartDelivery: audience < post.Audience || !tags.SequenceEqual(post.Hashtags)
            );
            switch (
                await posts.UpdateAsync(id, post.Revision, change, edit.Request, cancellationToken)
            )
            {
                case UpdateStatus.Updated or UpdateStatus.Repeated:
                    await changes.TellAsync(id, cancellationToken);
                    signal.Wake();
                    return await posts.GetAsync(id, cancellationToken) ?? throw NotFound();
                case UpdateStatus.RequestIdReused:
                    throw RequestIdReused();
            }
        }
        throw Contention();
    }

    /// <summary>Deletes a post; deleting it again changes nothing.</summary>
    /// <returns>The deleted post's author and id are all that is left of it.</returns>
    public async Task<Post> DeleteAsync(
        PostActor actor,
        PostId id,
        CancellationToken cancellationToken
    )
    {
        var record = await posts.GetRecordAsync(id, cancellationToken) ?? throw NotFound();
        actor.RequireAuthor(record.Post.Author);
        await posts.DeleteAsync(id, Now(), cancellationToken);
        // also by a repetition: the first one may have ended before this
        await changes.TellAsync(id, cancellationToken);
        return record.Post;
    }

    /// <summary>How far the delivery of a post is.</summary>
    public async Task<DeliveryJob> GetDeliveryAsync(
        PostActor actor,
        PostId id,
        CancellationToken cancellationToken
    )
    {
        var record = await posts.GetRecordAsync(id, cancellationToken) ?? throw NotFound();
        if (!actor.IsService)
        {
            actor.RequireAuthor(record.Post.Author);
        }
        return record.Job;
    }

    private Post NewPost(PostDraft draft) =>
        new(
            ids.Next(),
            draft.Author,
            draft.Kind,
            draft.Text,
            Hashtags.Parse(draft.Text),
            draft.Audience,
            draft.ProfileChange,
            Now(),
            UpdateTime: null,
            Revision: 1
        );

    /// <summary>Those that the viewer may see now.</summary>
    private async Task<IReadOnlySet<Post>> VisibleAsync(
        string viewer,
        IReadOnlyCollection<Post> found,
        CancellationToken cancellationToken
    )
    {
        var standings = await connections.StandingsAsync(
            viewer,
            [
                .. found
                    .Select(post => post.Author)
                    .Where(author => NeedsProof(viewer, author))
                    .Select(author => author.Id)
                    .Distinct(),
            ],
            "",
            cancellationToken
        );
        return found
            .Where(post =>
                !NeedsProof(viewer, post.Author)
                || standings[post.Author.Id] switch
                {
                    MemberStanding.Connected => true,
                    MemberStanding.None => post.Audience == PostAudience.Everyone,
                    _ => false,
                }
            )
            .ToHashSet();
    }

    /// <summary>Whether connections has a say: no block stands against oneself, or a company.</summary>
    private static bool NeedsProof(string viewer, EntityRef author) =>
        author.Kind == EntityKind.Member && author.Id != viewer;

    // the precision of what is stored, so that the first answer equals the later ones
    private DateTimeOffset Now() =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static DomainException NotFound() =>
        new(ErrorReason.PostNotFound, "There is no such post that the caller may see.");

    private static DomainException Contention() =>
        new(ErrorReason.Contention, "Others wrote the same at the same time; retry.");

    private static DomainException RequestIdReused() =>
        new(
            ErrorReason.RequestIdReused,
            "The request_id was used for a request with other content."
        );
}
