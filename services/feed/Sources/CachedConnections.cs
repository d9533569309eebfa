namespace Platform.Feed.Sources;

/// <summary>
/// Connections for readers of home feeds, most of whom ask for the same again and again: answers are kept until a change
/// is told (<see cref="ToldFacts{TFacts}"/>). Between a change and its telling there is a moment, at most the time in which connections
/// reads its record; whoever presents a revision is answered by connections itself.
/// </summary>
public sealed class CachedConnections(
    IConnectionsSource connections,
    ToldFacts<ConnectionFacts> facts
) : IConnectionsSource
{
    /// <summary>What is kept of a member now; null if nothing is.</summary>
    public KeptState? StateOf(string member) => facts.Of(member)?.State;

    public Task<IReadOnlySet<string>> WhichConnectedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) =>
        WhichAsync(
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
        WhichAsync(
            facts.Of(member)?.Blocked,
            others,
            atLeastRevision,
            unknown =>
                connections.WhichBlockedAsync(member, unknown, atLeastRevision, cancellationToken)
        );

    public Task<long> GetConnectionsVersionAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) =>
        (facts.Of(member)?.Version).OrAskAsync(
            atLeastRevision,
            () => connections.GetConnectionsVersionAsync(member, atLeastRevision, cancellationToken)
        );

    /// <summary>Asks each time: it is for building timelines, which is seldom.</summary>
    public IAsyncEnumerable<RecipientPage> StreamConnectionsAsync(
        string member,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    ) => connections.StreamConnectionsAsync(member, cursor, limit, cancellationToken);

    private static async Task<IReadOnlySet<string>> WhichAsync(
        KnownAnswers<string, bool>? known,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        Func<IReadOnlyCollection<string>, Task<IReadOnlySet<string>>> ask
    )
    {
        var answers = await known.OrAskAsync(
            others,
            atLeastRevision,
            async unknown =>
            {
                var yes = await ask(unknown);
                return unknown.ToDictionary(other => other, yes.Contains);
            }
        );
        return answers.Where(answer => answer.Value).Select(answer => answer.Key).ToHashSet();
    }
}
