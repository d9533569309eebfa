namespace Platform.Feed.Sources;

/// <summary>
/// Connections for readers of home feeds, most of whom ask for the same again and again: answers are kept until a change
/// is told (<see cref="ConnectionFacts"/>). Between a change and its telling there is a moment, at most the time in which connections
/// reads its record; whoever presents a revision is answered by connections itself.
/// </summary>
public sealed class CachedConnections(IConnectionsSource connections, ConnectionFacts facts)
    : IConnectionsSource
{
    public Task<IReadOnlySet<string>> WhichConnectedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            facts.Of(member)?.Connected,
            others,
            atLeastRevision,
            unknown =>
                connections.WhichConnectedAsync(member, unknown, atLeastRevision, cancellationToken)
        );

    public Task<IReadOnlySet<string>> WhichBlockedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            facts.Of(member)?.Blocked,
            others,
            atLeastRevision,
            unknown =>
                connections.WhichBlockedAsync(member, unknown, atLeastRevision, cancellationToken)
        );

    public async Task<long> CountConnectionsAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var known = facts.Of(member);
        if (atLeastRevision.Length == 0 && known?.Count is { } kept)
        {
            return kept;
        }
        var count = await connections.CountConnectionsAsync(
            member,
            atLeastRevision,
            cancellationToken
        );
        known?.LearnCount(count);
        return count;
    }

    /// <summary>Asks each time: it is for building timelines, which is seldom.</summary>
    public Task<RecipientPage> ListConnectionsAsync(
        string member,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    ) => connections.ListConnectionsAsync(member, cursor, limit, cancellationToken);

    private static async Task<IReadOnlySet<string>> AskAsync(
        KnownMembers? known,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        Func<IReadOnlyCollection<string>, Task<IReadOnlySet<string>>> ask
    )
    {
        var yes = new HashSet<string>(StringComparer.Ordinal);
        var unknown =
            known is null || atLeastRevision.Length > 0 ? others : known.Unknown(others, yes);
        if (unknown.Count > 0)
        {
            var answer = await ask(unknown);
            known?.Learn(unknown, answer);
            yes.UnionWith(answer);
        }
        return yes;
    }
}
