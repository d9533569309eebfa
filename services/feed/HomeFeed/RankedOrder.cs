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
/// <para>
/// All scores shrink alike as time goes by. So the order is the same at every moment, but for posts whose time is yet to come: those count
/// as new. It is worked out in logarithms, of which the moment is no part.
/// </para>
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

    private static readonly double SameAuthorLog = Math.Log2(SameAuthor);

    /// <summary>The entries in ranked order.</summary>
    public static IReadOnlyList<FeedEntry> Sort(
        IReadOnlyCollection<FeedEntry> entries,
        DateTimeOffset now
    )
    {
        // by their score without diversity; each author's next ones compete
        var candidates = new Candidate[entries.Count];
        var count = 0;
        foreach (var entry in entries)
        {
            candidates[count++] = new Candidate(entry, LogScore(entry, now));
        }
        Array.Sort(candidates);
        var next = new int[candidates.Length];
        var latest = new Dictionary<EntityRef, int>();
        var competing = new PriorityQueue<Round, Standing>();
        for (var index = 0; index < candidates.Length; index++)
        {
            var author = candidates[index].Entry.Post.Author;
            if (latest.TryGetValue(author, out var before))
            {
                next[before] = index;
            }
            else
            {
                Enter(index, place: 0);
            }
            latest[author] = index;
        }
        var sorted = new List<FeedEntry>(candidates.Length);
        while (competing.TryDequeue(out var round, out _))
        {
            sorted.Add(candidates[round.Index].Entry);
            // 0 is nobody's next
            if (next[round.Index] is > 0 and var following)
            {
                Enter(following, round.Place + 1);
            }
        }
        return sorted;

        void Enter(int index, int place) =>
            competing.Enqueue(
                new Round(index, place),
                new Standing(
                    candidates[index].LogScore + (place * SameAuthorLog),
                    candidates[index].Entry.Post.Id
                )
            );
    }

    /// <summary>Recency and affinity, without diversity.</summary>
    public static double BaseScore(FeedEntry entry, DateTimeOffset now) =>
        Math.Pow(0.5, Math.Max(0, (now - entry.Post.CreateTime) / HalfLife)) * Affinity(entry);

    // half-lives since a fixed day, so that no moment is in it
    private static double LogScore(FeedEntry entry, DateTimeOffset now) =>
        ((entry.Post.CreateTime < now ? entry.Post.CreateTime : now) - PostId.Epoch) / HalfLife
        + Math.Log2(Affinity(entry));

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

    private readonly record struct Round(int Index, int Place);

    private readonly record struct Candidate(FeedEntry Entry, double LogScore)
        : IComparable<Candidate>
    {
        public int CompareTo(Candidate other) =>
            new Standing(LogScore, Entry.Post.Id).CompareTo(
                new Standing(other.LogScore, other.Entry.Post.Id)
            );
    }

    /// <summary>The larger score first; of equal ones the newer post.</summary>
    private readonly record struct Standing(double LogScore, PostId Id) : IComparable<Standing>
    {
        public int CompareTo(Standing other) =>
            other.LogScore.CompareTo(LogScore) is var order and not 0
                ? order
                : other.Id.CompareTo(Id);
    }
}
