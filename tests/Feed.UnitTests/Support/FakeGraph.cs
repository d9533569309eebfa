using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Feed.UnitTests.Support;

/// <summary>Connections and follows in memory; either can be made to fail.</summary>
public sealed class FakeGraph : IConnectionsSource, IFollowsSource
{
    private readonly HashSet<(string, string)> _connections = [];
    private readonly HashSet<(string, string)> _blocks = [];
    private readonly HashSet<(string Follower, EntityRef Entity)> _follows = [];
    private readonly Dictionary<(string Member, EntityRef Entity), FollowStanding> _mutes = [];
    private readonly Dictionary<string, long> _connectionVersions = [];
    private readonly Dictionary<string, long> _followingVersions = [];

    public bool ConnectionsDown { get; set; }

    public bool FollowsDown { get; set; }

    /// <summary>What the answer waits for, taken already, when all that a member follows is asked for.</summary>
    public Task BeforeListed { get; set; } = Task.CompletedTask;

    /// <summary>How often all that a member follows was asked for.</summary>
    public int Listings { get; private set; }

    /// <summary>No stream goes on from a cursor of before.</summary>
    public bool RefusesCursors { get; set; }

    /// <summary>How often either was asked.</summary>
    public int Calls { get; private set; }

    public bool AreConnected(string first, string second) => _connections.Contains((first, second));

    public bool DoesFollow(string follower, EntityRef entity) =>
        _follows.Contains((follower, entity));

    public bool DoesMute(string member, EntityRef entity) => _mutes.ContainsKey((member, entity));

    public void Connect(string first, string second)
    {
        ChangeConnection(_connections.Add, first, second);
        ChangeConnection(_connections.Add, second, first);
    }

    public void Disconnect(string first, string second)
    {
        ChangeConnection(_connections.Remove, first, second);
        ChangeConnection(_connections.Remove, second, first);
    }

    /// <summary>A block, by either: connections ends the connection; follows stays as it is until it hears of it.</summary>
    public void Block(string first, string second)
    {
        Disconnect(first, second);
        _blocks.Add((first, second));
        _blocks.Add((second, first));
    }

    public void Unblock(string first, string second)
    {
        _blocks.Remove((first, second));
        _blocks.Remove((second, first));
    }

    public bool AreBlocked(string first, string second) => _blocks.Contains((first, second));

    public void Follow(string follower, EntityRef entity) =>
        CountUp(_followingVersions, follower, _follows.Add((follower, entity)));

    public void Follow(string follower, string member) =>
        Follow(follower, EntityRef.Member(member));

    public void Unfollow(string follower, EntityRef entity) =>
        CountUp(_followingVersions, follower, _follows.Remove((follower, entity)));

    public void Unfollow(string follower, string member) =>
        Unfollow(follower, EntityRef.Member(member));

    public void Mute(
        string member,
        EntityRef entity,
        bool posts = true,
        bool updates = true,
        DateTimeOffset? end = null
    ) => _mutes[(member, entity)] = new FollowStanding(Followed: false, posts, updates, end);

    public void Unmute(string member, EntityRef entity) => _mutes.Remove((member, entity));

    public Task<IReadOnlySet<string>> WhichConnectedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) =>
        Answer<IReadOnlySet<string>>(
            ConnectionsDown,
            () => others.Where(o => AreConnected(member, o)).ToHashSet()
        );

    public Task<IReadOnlySet<string>> WhichBlockedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) =>
        Answer<IReadOnlySet<string>>(
            ConnectionsDown,
            () => others.Where(other => AreBlocked(member, other)).ToHashSet()
        );

    public Task<long> GetConnectionsVersionAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) => Answer(ConnectionsDown, () => _connectionVersions.GetValueOrDefault(member));

    public IAsyncEnumerable<RecipientPage> StreamConnectionsAsync(
        string member,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    ) => PartsAsync(() => ConnectionsDown, () => ConnectionsOf(member), cursor, limit);

    public Task<IReadOnlyDictionary<EntityRef, FollowStanding>> StandingsAsync(
        string member,
        IReadOnlyCollection<EntityRef> entities,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) =>
        Answer<IReadOnlyDictionary<EntityRef, FollowStanding>>(
            FollowsDown,
            () =>
                entities.ToDictionary(
                    entity => entity,
                    entity =>
                        _mutes.GetValueOrDefault((member, entity)) with
                        {
                            Followed = DoesFollow(member, entity),
                        }
                )
        );

    public Task<long> GetFollowingVersionAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) => Answer(FollowsDown, () => _followingVersions.GetValueOrDefault(member));

    public Task<IReadOnlyDictionary<EntityRef, long>> CountFollowersAsync(
        IReadOnlyCollection<EntityRef> entities,
        CancellationToken cancellationToken
    ) =>
        Answer<IReadOnlyDictionary<EntityRef, long>>(
            FollowsDown,
            () =>
                entities.ToDictionary(
                    entity => entity,
                    entity => (long)_follows.Count(follow => follow.Entity == entity)
                )
        );

    public async Task<IReadOnlyList<EntityRef>> ListFollowingAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var listed = await Answer<IReadOnlyList<EntityRef>>(
            FollowsDown,
            () =>
                [
                    .. _follows
                        .Where(follow => follow.Follower == member)
                        .Select(follow => follow.Entity),
                ]
        );
        Listings++;
        await BeforeListed;
        return listed;
    }

    public IAsyncEnumerable<RecipientPage> StreamFollowersAsync(
        EntityRef entity,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        PartsAsync(
            () => FollowsDown,
            () =>
                [
                    .. _follows
                        .Where(follow => follow.Entity == entity)
                        .Select(follow => follow.Follower)
                        .Order(),
                ],
            cursor,
            limit
        );

    private void ChangeConnection(
        Func<(string, string), bool> change,
        string member,
        string other
    ) => CountUp(_connectionVersions, member, change((member, other)));

    private static void CountUp(Dictionary<string, long> versions, string member, bool isChanged) =>
        versions[member] = versions.GetValueOrDefault(member) + (isChanged ? 1 : 0);

    // each part as it is when it is asked for
    private async IAsyncEnumerable<RecipientPage> PartsAsync(
        Func<bool> isDown,
        Func<List<string>> all,
        string cursor,
        int limit
    )
    {
        if (RefusesCursors && cursor.Length > 0)
        {
            throw new DomainException(ErrorReason.CursorExpired, "Begin without a cursor.");
        }
        RecipientPage page;
        do
        {
            page = await Answer(isDown(), () => Page(all(), cursor, limit));
            yield return page;
            cursor = page.NextCursor;
        } while (cursor.Length > 0);
    }

    private List<string> ConnectionsOf(string member) =>
        [
            .. _connections
                .Where(pair => pair.Item1 == member)
                .Select(pair => pair.Item2)
                .Order(StringComparer.Ordinal),
        ];

    // the cursor is the last id given: stable under change
    private static RecipientPage Page(List<string> all, string cursor, int limit)
    {
        var rest = all.Where(id => string.CompareOrdinal(id, cursor) > 0).ToList();
        return rest.Count <= limit
            ? new RecipientPage(rest, "")
            : new RecipientPage(rest[..limit], rest[limit - 1]);
    }

    private Task<T> Answer<T>(bool down, Func<T> answer)
    {
        Calls++;
        return down
            ? Task.FromException<T>(new DomainException(ErrorReason.DependencyUnavailable, "Down."))
            : Task.FromResult(answer());
    }
}
