using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.HomeFeed;

/// <summary>
/// What is known about one viewer's relations during one call: each author and hashtag is asked about once. What a service
/// that is down would have to prove counts as not being so, and that service is named in <see cref="Gaps"/>.
/// </summary>
public sealed class ViewerRelations(
    string viewer,
    IConnectionsSource connections,
    IFollowsSource follows,
    string connectionsRevision,
    string followsRevision
)
{
    public const string Connections = "connections";
    public const string Follows = "follows";

    private readonly HashSet<EntityRef> _askedEntities = [];
    private readonly Dictionary<string, MemberStanding> _standings = new(StringComparer.Ordinal);
    private readonly Dictionary<EntityRef, FollowStanding> _followed = [];
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, ErrorReason> _gaps = new(StringComparer.Ordinal);

    /// <summary>The revision of connections that answers must include; empty for none.</summary>
    public string ConnectionsRevision => connectionsRevision;

    /// <summary>The revision of follows that answers must include; empty for none.</summary>
    public string FollowsRevision => followsRevision;

    /// <summary>What did not answer, and why.</summary>
    public IReadOnlyCollection<FeedGap> Gaps
    {
        get
        {
            lock (_lock)
            {
                return [.. _gaps.Select(gap => new FeedGap(gap.Key, gap.Value))];
            }
        }
    }

    /// <summary>The same viewer's, of whom nothing is known yet: for work that may go on when this call is over.</summary>
    public ViewerRelations Anew() =>
        new(viewer, connections, follows, connectionsRevision, followsRevision);

    /// <summary>What did not answer others, whose result this call takes, is not asked again.</summary>
    public void MissWhat(ViewerRelations others)
    {
        foreach (var gap in others.Gaps)
        {
            lock (_lock)
            {
                _gaps.TryAdd(gap.Source, gap.Reason);
            }
        }
    }

    /// <summary>Whether nothing can be proved at all.</summary>
    public bool NothingAnswers => IsMissing(Connections) && IsMissing(Follows);

    /// <summary>Whether a reason may end by itself, which nobody tells: a mute with an end.</summary>
    public bool MayChangeByItself { get; private set; }

    /// <summary>Asks for everything that the reasons of these posts need and that was not asked yet.</summary>
    public async Task LearnAsync(
        IReadOnlyCollection<Post> posts,
        CancellationToken cancellationToken
    )
    {
        var members = new List<string>();
        var entities = new List<EntityRef>();
        var self = EntityRef.Member(viewer);
        foreach (var post in posts)
        {
            if (post.Author != self && _askedEntities.Add(post.Author))
            {
                entities.Add(post.Author);
                if (post.Author.Kind == Posts.EntityKind.Member)
                {
                    members.Add(post.Author.Id);
                }
            }
            foreach (var tag in post.Hashtags)
            {
                if (_askedEntities.Add(EntityRef.Hashtag(tag)))
                {
                    entities.Add(EntityRef.Hashtag(tag));
                }
            }
        }
        // the two services at once
        await Task.WhenAll(
            LearnConnectionsAsync(members, cancellationToken),
            LearnFollowsAsync(entities, cancellationToken)
        );
    }

    /// <summary>The reasons that are proved for a post; ask after <see cref="LearnAsync"/>.</summary>
    public IReadOnlyList<FeedReason> ReasonsOf(Post post) =>
        FeedReasons.Of(
            viewer,
            post,
            StandingOf,
            FollowingOf,
            // whoever presents a revision of connections may have seen a block of which follows has not heard
            followProves: connectionsRevision.Length == 0
        );

    /// <summary>What stands between the viewer and another member; ask after <see cref="LearnAsync"/>.</summary>
    public MemberStanding StandingOf(string member) =>
        _standings.GetValueOrDefault(member, MemberStanding.Unproven);

    /// <summary>What the viewer has with an entity, as far as it is proved; ask after <see cref="LearnAsync"/>.</summary>
    public FollowStanding FollowingOf(EntityRef entity) => _followed.GetValueOrDefault(entity);

    /// <summary>Notes that a service did not answer.</summary>
    public void Miss(string source, DomainException exception)
    {
        lock (_lock)
        {
            _gaps.TryAdd(source, exception.Reason);
        }
    }

    /// <summary>Whether a service did not answer; it is not asked again during this call.</summary>
    public bool IsMissing(string source)
    {
        lock (_lock)
        {
            return _gaps.ContainsKey(source);
        }
    }

    private async Task LearnConnectionsAsync(
        List<string> members,
        CancellationToken cancellationToken
    )
    {
        if (IsMissing(Connections))
        {
            return;
        }
        try
        {
            var standings = await connections.StandingsAsync(
                viewer,
                members,
                connectionsRevision,
                cancellationToken
            );
            foreach (var (member, standing) in standings)
            {
                _standings[member] = standing;
            }
        }
        catch (DomainException exception)
            when (exception.Reason == ErrorReason.DependencyUnavailable)
        {
            Miss(Connections, exception);
        }
    }

    private async Task LearnFollowsAsync(
        List<EntityRef> entities,
        CancellationToken cancellationToken
    )
    {
        if (entities.Count == 0 || IsMissing(Follows))
        {
            return;
        }
        try
        {
            var standings = await follows.StandingsAsync(
                viewer,
                entities,
                followsRevision,
                cancellationToken
            );
            foreach (var (entity, standing) in standings)
            {
                _followed[entity] = standing;
                MayChangeByItself |= standing.MuteEnd is not null;
            }
        }
        catch (DomainException exception)
            when (exception.Reason == ErrorReason.DependencyUnavailable)
        {
            Miss(Follows, exception);
        }
    }
}
