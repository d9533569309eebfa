using Platform.Feed.Posts;

namespace Platform.Feed.Sources;

/// <summary>
/// Follows for readers of home feeds: answers are kept until a change is told, as <see cref="CachedConnections"/> does. Whoever
/// presents a revision is answered by follows itself.
/// </summary>
public sealed class CachedFollows(
    IFollowsSource follows,
    ToldFacts<FollowFacts> facts,
    TimeProvider time
) : IFollowsSource
{
    /// <summary>What is kept of a member now; null if nothing is.</summary>
    public KeptState? StateOf(string member) => facts.Of(member)?.State;

    public async Task<IReadOnlyDictionary<EntityRef, FollowStanding>> StandingsAsync(
        string member,
        IReadOnlyCollection<EntityRef> entities,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var answers = await (facts.Of(member)?.Standings).OrAskAsync(
            entities,
            atLeastRevision,
            unknown => follows.StandingsAsync(member, unknown, atLeastRevision, cancellationToken)
        );
        var now = time.GetUtcNow();
        foreach (var (entity, standing) in answers)
        {
            if (standing.MuteEnd <= now)
            {
                answers[entity] = standing.At(now);
            }
        }
        return answers;
    }

    public Task<long> GetFollowingVersionAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) =>
        (facts.Of(member)?.Version).OrAskAsync(
            atLeastRevision,
            () => follows.GetFollowingVersionAsync(member, atLeastRevision, cancellationToken)
        );

    /// <summary>Asks each time: it is for building timelines, which is seldom.</summary>
    public Task<IReadOnlyList<EntityRef>> ListFollowingAsync(
        string member,
        CancellationToken cancellationToken
    ) => follows.ListFollowingAsync(member, cancellationToken);

    /// <summary>Asks each time.</summary>
    public IAsyncEnumerable<RecipientPage> StreamFollowersAsync(
        EntityRef entity,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    ) => follows.StreamFollowersAsync(entity, cursor, limit, cancellationToken);

    /// <summary>Asks each time.</summary>
    public Task<IReadOnlyDictionary<EntityRef, long>> CountFollowersAsync(
        IReadOnlyCollection<EntityRef> entities,
        CancellationToken cancellationToken
    ) => follows.CountFollowersAsync(entities, cancellationToken);
}
