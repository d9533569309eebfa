namespace Platform.Feed.Sources;

/// <summary>Asks another service for what is not kept. Whoever presents a revision is answered by that service, and renews what is kept.</summary>
internal static class KeptAnswers
{
    /// <param name="known">What is kept; null if nothing may be.</param>
    /// <param name="ask">Answers for each that it is given.</param>
    /// <returns>An answer for each of <paramref name="asked"/>.</returns>
    public static async Task<Dictionary<TKey, TAnswer>> OrAskAsync<TKey, TAnswer>(
        this KnownAnswers<TKey, TAnswer>? known,
        IReadOnlyCollection<TKey> asked,
        string atLeastRevision,
        Func<IReadOnlyCollection<TKey>, Task<IReadOnlyDictionary<TKey, TAnswer>>> ask
    )
        where TKey : notnull
    {
        var answers = new Dictionary<TKey, TAnswer>(asked.Count);
        var unknown =
            known is null || atLeastRevision.Length > 0 ? asked : known.Unknown(asked, answers);
        if (unknown.Count > 0)
        {
            var news = await ask(unknown);
            known?.Learn(news);
            foreach (var (key, answer) in news)
            {
                answers[key] = answer;
            }
        }
        return answers;
    }

    /// <summary>The same of a version.</summary>
    public static async Task<long> OrAskAsync(
        this KnownVersion? known,
        string atLeastRevision,
        Func<Task<long>> ask
    )
    {
        if (atLeastRevision.Length == 0 && known?.Value is { } kept)
        {
            return kept;
        }
        var version = await ask();
        known?.Learn(version);
        return version;
    }
}
