using Platform.Feed.Posts;

namespace Platform.Feed.HomeFeed;

/// <summary>
/// The ranked order: a pure function of the entries and a moment.
/// <para>
/// <c>score = recency x affinity x diversity</c>, largest first, equal scores newest first, where
/// </para>
/// <list type="bullet">
/// <item><c>recency</c> halves with every <see cref="HalfLife"/> of age;</item>
/// <item>
/// <c>affinity</c> is <see cref="Both"/> where the viewer is connected to the author and follows them,
/// <see cref="Connected"/> or <see cref="Followed"/> for one of the two, <see cref="Own"/> for one's own posts and
/// <see cref="OtherSource"/> for what is there for a hashtag alone;
/// </item>
/// <item>
/// <c>diversity</c> is <see cref="SameAuthor"/> to the power of how many posts of the same author stand before it, so that
/// the second post of an author needs to be clearly better than the first of another.
/// </item>
/// </list>
/// The posts of one author keep their own order, whatever stands between them.
/// </summary>
public static class RankedOrder
{
    public const double Both = 2.0;
    public const double Connected = 1.4;
    public const double Followed = 1.2;
    public const double Own = 1.0;
    public const double OtherSource = 0.8;
    public const double SameAuthor = 0.6;

    /// <summary>The age at which a post counts half.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromHours(12);

    /// <summary>The entries in ranked order.</summary>
    public static IReadOnlyList<FeedEntry> Sort(
        IReadOnlyCollection<FeedEntry> entries,
        DateTimeOffset now
    )
    {
        // each author's posts by their score without diversity; the next of each author compete
        var authors = new Dictionary<EntityRef, Queue<Candidate>>();
        var order = entries
            .Select(entry => new Candidate(entry, BaseScore(entry, now)))
            .OrderByDescending(candidate => candidate.Score)
            .ThenByDescending(candidate => candidate.Entry.Post.Id);
        foreach (var candidate in order)
        {
            if (!authors.TryGetValue(candidate.Entry.Post.Author, out var queue))
            {
                authors.Add(candidate.Entry.Post.Author, queue = new Queue<Candidate>());
            }
            queue.Enqueue(candidate);
        }
        var competing = new PriorityQueue<Round, (double, long)>();
        foreach (var queue in authors.Values)
        {
            Enter(competing, queue, 1);
        }
        var sorted = new List<FeedEntry>(entries.Count);
        while (competing.TryDequeue(out var round, out _))
        {
            sorted.Add(round.Candidate.Entry);
            Enter(competing, round.Rest, round.Diversity * SameAuthor);
        }
        return sorted;
    }

    /// <summary>Recency and affinity, without diversity.</summary>
    public static double BaseScore(FeedEntry entry, DateTimeOffset now) =>
        Math.Pow(0.5, Math.Max(0, (now - entry.Post.CreateTime) / HalfLife)) * Affinity(entry);

    private static double Affinity(FeedEntry entry) =>
        (entry.Has(FeedReasonKind.Connection), FollowsAuthor(entry)) switch
        {
            (true, true) => Both,
            (true, false) => Connected,
            (false, true) => Followed,
            _ => entry.Has(FeedReasonKind.Own) ? Own : OtherSource,
        };

    private static bool FollowsAuthor(FeedEntry entry) =>
        entry.Has(FeedReasonKind.Follow)
        || entry.Has(FeedReasonKind.Company)
        || entry.Has(FeedReasonKind.Group)
        || entry.Has(FeedReasonKind.Publisher);

    private static void Enter(
        PriorityQueue<Round, (double, long)> competing,
        Queue<Candidate> queue,
        double diversity
    )
    {
        if (queue.TryDequeue(out var candidate))
        {
            // the queue gives the smallest first
            competing.Enqueue(
                new Round(candidate, queue, diversity),
                (-candidate.Score * diversity, -candidate.Entry.Post.Id.Value)
            );
        }
    }

    private readonly record struct Candidate(FeedEntry Entry, double Score);

    private readonly record struct Round(
        Candidate Candidate,
        Queue<Candidate> Rest,
        double Diversity
    );
}
