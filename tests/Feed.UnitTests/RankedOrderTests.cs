using CsCheck;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;

namespace Platform.Tests.Feed.UnitTests;

public sealed class RankedOrderTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly FeedReasonKind[][] Affinities =
    [
        [FeedReasonKind.Connection, FeedReasonKind.Follow],
        [FeedReasonKind.Connection],
        [FeedReasonKind.Follow],
        [FeedReasonKind.Own],
        [FeedReasonKind.Hashtag],
    ];

    private static readonly Gen<FeedEntry[]> Feeds = Gen.Select(
            Gen.Int[1, 6],
            Gen.Int[0, 100_000],
            Gen.Int[0, 4]
        )
        .Array[0, 40]
        .Select(items =>
            items
                .Select(
                    (item, index) =>
                        Entry(
                            $"a{item.Item1}",
                            TimeSpan.FromSeconds(item.Item2),
                            index + 1,
                            Affinities[item.Item3]
                        )
                )
                .ToArray()
        );

    [Fact]
    public void Sort_AnyFeed_IsAPermutationThatDoesNotDependOnTheInputOrder() =>
        Feeds.Sample(feed =>
        {
            var sorted = RankedOrder.Sort(feed, Now);
            return sorted.Count == feed.Length
                && sorted.ToHashSet().SetEquals(feed)
                && sorted.SequenceEqual(RankedOrder.Sort([.. feed.Reverse()], Now));
        });

    [Fact]
    public void Sort_AnyFeed_TakesTheBestScoreAtEveryStep() =>
        Feeds.Sample(feed =>
        {
            // the definition itself, step by step
            var left = feed.ToList();
            var seen = new Dictionary<EntityRef, int>();
            foreach (var entry in RankedOrder.Sort(feed, Now))
            {
                double Score(FeedEntry candidate) =>
                    RankedOrder.BaseScore(candidate, Now)
                    * Math.Pow(
                        RankedOrder.SameAuthor,
                        seen.GetValueOrDefault(candidate.Post.Author)
                    );
                if (left.Any(other => Score(other) > Score(entry) * (1 + 1e-9)))
                {
                    return false;
                }
                left.Remove(entry);
                seen[entry.Post.Author] = seen.GetValueOrDefault(entry.Post.Author) + 1;
            }
            return true;
        });

    [Fact]
    public void Sort_AnyFeedAtAnyLaterMoment_IsTheSame() =>
        Gen.Select(Feeds, Gen.Int[0, 10_000_000])
            .Sample(
                (feed, seconds) =>
                    RankedOrder
                        .Sort(feed, Now)
                        .SequenceEqual(RankedOrder.Sort(feed, Now.AddSeconds(seconds)))
            );

    [Fact]
    public void Sort_TimeYetToCome_CountsAsNew() =>
        Assert.Equal(
            ["both", "ahead", "followed"],
            RankedOrder
                .Sort(
                    [
                        Entry("followed", TimeSpan.Zero, 3, FeedReasonKind.Follow),
                        Entry("ahead", TimeSpan.FromDays(-2), 2, FeedReasonKind.Connection),
                        Entry(
                            "both",
                            TimeSpan.Zero,
                            1,
                            FeedReasonKind.Connection,
                            FeedReasonKind.Follow
                        ),
                    ],
                    Now
                )
                .Select(entry => entry.Post.Author.Id)
        );

    [Fact]
    public void Sort_SameAge_ConnectedAndFollowedStandsBeforeEither()
    {
        var sorted = RankedOrder.Sort(
            [
                Entry("tag", TimeSpan.Zero, 5, FeedReasonKind.Hashtag),
                Entry("follow", TimeSpan.Zero, 4, FeedReasonKind.Follow),
                Entry("connection", TimeSpan.Zero, 3, FeedReasonKind.Connection),
                Entry("both", TimeSpan.Zero, 1, FeedReasonKind.Connection, FeedReasonKind.Follow),
            ],
            Now
        );
        Assert.Equal(
            ["both", "connection", "follow", "tag"],
            sorted.Select(entry => entry.Post.Author.Id)
        );
    }

    [Fact]
    public void Sort_OneAuthorWritesALot_OthersComeInBetween()
    {
        var sorted = RankedOrder.Sort(
            [
                Entry("loud", TimeSpan.FromMinutes(1), 10, FeedReasonKind.Follow),
                Entry("loud", TimeSpan.FromMinutes(2), 9, FeedReasonKind.Follow),
                Entry("loud", TimeSpan.FromMinutes(3), 8, FeedReasonKind.Follow),
                Entry("quiet", TimeSpan.FromHours(1), 7, FeedReasonKind.Follow),
            ],
            Now
        );
        Assert.Equal(
            ["loud", "quiet", "loud", "loud"],
            sorted.Select(entry => entry.Post.Author.Id)
        );
    }

    [Fact]
    public void Sort_SameRelation_NewerStandsBeforeOlder() =>
        Assert.Equal(
            [2L, 1L],
            RankedOrder
                .Sort(
                    [
                        Entry("a", TimeSpan.FromDays(2), 1, FeedReasonKind.Follow),
                        Entry("b", TimeSpan.FromDays(1), 2, FeedReasonKind.Follow),
                    ],
                    Now
                )
                .Select(entry => entry.Post.Id.Value)
        );

    private static FeedEntry Entry(
        string author,
        TimeSpan age,
        long id,
        params FeedReasonKind[] reasons
    ) =>
        new(
            new Post(
                new PostId(id),
                EntityRef.Member(author),
                PostKind.Post,
                "text",
                [],
                PostAudience.Everyone,
                null,
                Now - age,
                null,
                1
            ),
            [.. reasons.Select(reason => new FeedReason(reason, EntityRef.Member(author)))]
        );
}
