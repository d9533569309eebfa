using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Watch;

namespace Platform.Tests.Feed.UnitTests.Watch;

public sealed class FeedWindowTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly FeedReason Connection = new(
        FeedReasonKind.Connection,
        EntityRef.Member("ben")
    );
    private static readonly FeedReason Follow = new(FeedReasonKind.Follow, EntityRef.Member("ben"));

    private readonly SortedDictionary<long, FeedEntry> _feed = [];

    [Fact]
    public void Changes_NothingHappened_AreNone()
    {
        Put(1, 2, 3);
        var window = FeedWindow.Begin(Read(PostId.Newest));
        Assert.Empty(window.ChangesIn(Read(window.Reach)));
    }

    [Fact]
    public void Changes_OlderPostDeliveredAfterNewer_IsToldOnce()
    {
        Put(10, 30);
        var window = FeedWindow.Begin(Read(PostId.Newest));
        Put(20);
        Assert.Equal(["+20"], Tell(window));
        Assert.Empty(Tell(window));
    }

    [Fact]
    public void Changes_EditedOrOtherReasons_AreToldAgain()
    {
        Put(1, 2);
        var window = FeedWindow.Begin(Read(PostId.Newest));
        _feed[1] = Entry(1, revision: 2);
        _feed[2] = Entry(2, reasons: [Connection, Follow]);
        Assert.Equal(["+1", "+2"], Tell(window));
    }

    [Fact]
    public void Changes_IncompleteReading_SaysNothingOfWhatItDoesNotShow()
    {
        Put(1, 2);
        _feed[3] = Entry(3, reasons: [Connection, Follow]);
        var window = FeedWindow.Begin(Read(PostId.Newest));
        _feed.Remove(1);
        _feed[3] = Entry(3, reasons: [Follow]);
        Put(4);
        Assert.Equal(["+4"], Tell(window, isComplete: false));
        Assert.Equal(["-1", "+3"], Tell(window));
    }

    [Fact]
    public void Changes_OneOfAFullFeedLeaves_TheOlderThatMovesUpIsNotNew()
    {
        Put([.. Enumerable.Range(1, 150).Select(id => (long)id)]);
        var window = FeedWindow.Begin(Read(PostId.Newest));
        _feed.Remove(120);
        Assert.Equal(["-120"], Tell(window));
    }

    [Fact]
    public void Changes_ManyMoreThanAPageCame_NoneIsMissedAndTheOldAreLetGo()
    {
        Put([.. Enumerable.Range(1, 100).Select(id => (long)id)]);
        var window = FeedWindow.Begin(Read(PostId.Newest));
        Put([.. Enumerable.Range(101, 250).Select(id => (long)id)]);
        Assert.Equal(Enumerable.Range(101, 250).Select(id => $"+{id}"), Tell(window));
        _feed.Remove(250);
        _feed.Remove(251);
        Assert.Equal(["-251"], Tell(window));
        Assert.Equal(new PostId(251), window.Cursor(7, Now).Floor);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Changes_AnyHistoryBrokenOffAnywhere_AreTheDifferenceAndNothingTwice(int seed)
    {
        var random = new Random(seed);
        var last = 10_000L;
        Put([.. Enumerable.Range(1, 40 * seed).Select(id => id * 10L)]);
        var window = FeedWindow.Begin(Read(PostId.Newest));
        var known = Read(PostId.Newest).Entries.ToDictionary(entry => entry.Post.Id);
        for (var round = 0; round < 400; round++)
        {
            for (var change = random.Next(random.Next(10) == 0 ? 300 : 8); change > 0; change--)
            {
                var some = _feed.Keys.ElementAtOrDefault(random.Next(_feed.Count));
                switch (random.Next(8))
                {
                    case 0 or 1:
                        _feed.Remove(some);
                        break;
                    case 2:
                        Put(random.NextInt64(1, last));
                        break;
                    case 3 when some > 0:
                        _feed[some] = Entry(some, _feed[some].Post.Revision + 1);
                        break;
                    case 4 when some > 0:
                        _feed[some] = Entry(some, _feed[some].Post.Revision, Follow);
                        break;
                    default:
                        Put(last += random.Next(1, 20));
                        break;
                }
            }
            var isComplete = random.Next(4) > 0;
            var changes = window.ChangesIn(Read(window.Reach, isComplete));
            foreach (var change in changes.Take(random.Next(2) == 0 ? 5 : int.MaxValue))
            {
                window.Note(change);
                if (change.Entry is { } entry)
                {
                    Assert.False(
                        known.TryGetValue(change.PostId, out var before) && Same(before, entry)
                    );
                    known[change.PostId] = entry;
                }
                else
                {
                    Assert.True(known.Remove(change.PostId));
                }
            }
            // every stream breaks off, and another goes on
            window = FeedWindow.Resume(WatchCursor.Parse(window.Cursor(7, Now).ToString()));
        }
        foreach (var change in window.ChangesIn(Read(window.Reach)))
        {
            window.Note(change);
            known.Remove(change.PostId);
            if (change.Entry is { } entry)
            {
                known[change.PostId] = entry;
            }
        }
        var floor = window.Cursor(7, Now).Floor;
        Assert.Equal(
            _feed.Values.Where(entry => entry.Post.Id >= floor),
            known.Values.Where(entry => entry.Post.Id >= floor).OrderBy(entry => entry.Post.Id),
            Same
        );
        Assert.Empty(window.ChangesIn(Read(window.Reach)));
    }

    [Fact]
    public void Cursor_FullWindow_IsTextOfLessThanTwoThousandCharacters()
    {
        for (var day = 0; day < 100; day++)
        {
            Put(PostId.Compose((700L + day) * 86_400_000, day, day).Value);
        }
        var cursor = FeedWindow.Begin(Read(PostId.Newest)).Cursor(ulong.MaxValue, Now);

        var text = cursor.ToString();

        Assert.InRange(text.Length, 1, 1999);
        var parsed = WatchCursor.Parse(text);
        Assert.Equal(cursor.Told, parsed.Told);
        Assert.Equal(
            (cursor.ViewerKey, cursor.Time, cursor.Floor),
            (parsed.ViewerKey, parsed.Time, parsed.Floor)
        );
    }

    private static bool Same(FeedEntry one, FeedEntry other) =>
        one.Post == other.Post && one.Reasons.SequenceEqual(other.Reasons);

    private List<string> Tell(FeedWindow window, bool isComplete = true)
    {
        var changes = window.ChangesIn(Read(window.Reach, isComplete));
        foreach (var change in changes)
        {
            window.Note(change);
        }
        return
        [
            .. changes.Select(change => $"{(change.Entry is null ? '-' : '+')}{change.PostId}"),
        ];
    }

    /// <summary>Whole pages, as a stream reads them.</summary>
    private FeedReading Read(PostId reach, bool isComplete = true)
    {
        var newest = _feed.Values.Reverse().ToList();
        var size = 0;
        do
        {
            size += FeedWindow.Size;
        } while (size < newest.Count && newest[size - 1].Post.Id > reach);
        return size < newest.Count
            ? new FeedReading(newest[..size], newest[size - 1].Post.Id, isComplete)
            : new FeedReading(newest, default, isComplete);
    }

    private void Put(params long[] ids)
    {
        foreach (var id in ids)
        {
            _feed[id] = Entry(id);
        }
    }

    private static FeedEntry Entry(long id, int revision = 1, params FeedReason[] reasons) =>
        new(
            new Post(
                new PostId(id),
                EntityRef.Member("ben"),
                PostKind.Post,
                "text",
                Tags,
                PostAudience.Everyone,
                null,
                Now,
                null,
                revision
            ),
            reasons.Length == 0 ? [Connection] : reasons
        );

    private static readonly string[] Tags = [];
}
