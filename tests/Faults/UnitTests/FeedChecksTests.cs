using Platform.Common.V1;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;
using static Platform.Tests.Faults.UnitTests.Sample;

namespace Platform.Tests.Faults.UnitTests;

/// <summary>Lies about home feeds and authors' lists.</summary>
public sealed class FeedChecksTests
{
    private readonly World _world = Create();

    [Fact]
    public void HomeFeed_HasPostsOfConnectionsAndOfWhatIsFollowed() =>
        Assert.Equal(
            ["101", "102", "103"],
            HomeFeed(_world, Bob).Entries.Select(entry => entry.PostId)
        );

    [Fact]
    public void HomeFeed_WithoutAPost_IsNotTheModel()
    {
        var seen = HomeFeed(_world, Bob);

        var found = Checker.Check(_world, seen with { Entries = [.. seen.Entries.Skip(1)] });

        Assert.Equal((Violation.Feed, false), (Assert.Single(found).Kind, found[0].MayHeal));
    }

    [Fact]
    public void HomeFeed_ThatSaysItIsIncomplete_MayLackPosts() =>
        Assert.Empty(
            Found(_world, HomeFeed(_world, Bob) with { Entries = [], IsComplete = false })
        );

    [Fact]
    public void HomeFeed_FirstPage_MayLackOlderPostsOnly()
    {
        var seen = HomeFeed(_world, Bob) with { IsWhole = false };

        Assert.Empty(Found(_world, seen with { Entries = [.. seen.Entries.Skip(1)] }));
        Assert.Equal(
            [Violation.Feed],
            Found(_world, seen with { Entries = [seen.Entries[0], seen.Entries[2]] })
        );
    }

    [Fact]
    public void HomeFeed_WithAPostTwice_IsDoubled()
    {
        var seen = HomeFeed(_world, Bob);

        Assert.Equal(
            [Violation.Doubled],
            Found(_world, seen with { Entries = [.. seen.Entries, seen.Entries[0]] })
        );
    }

    [Fact]
    public void HomeFeed_WithOnePostStoredTwice_IsDoubledAndStray()
    {
        var seen = HomeFeed(_world, Bob);

        Assert.Equal(
            [Violation.Doubled, Violation.Stray],
            Found(
                _world,
                seen with
                {
                    Entries = [.. seen.Entries, seen.Entries[0] with { PostId = "104" }],
                }
            )
        );
    }

    [Theory]
    [InlineData("101", "Cleo is not connected to Ada any more")]
    [InlineData("103", "Cleo does not follow the hashtag")]
    public void HomeFeed_WithAPostForOthers_IsShown(string post, string because)
    {
        var seen = HomeFeed(_world, Cleo);
        var entry = Entry(_world.Posts.Single(one => one.Id == post));

        Assert.True(
            Found(_world, seen with { Entries = [.. seen.Entries, entry] })
                .SequenceEqual([Violation.Shown]),
            because
        );
    }

    [Fact]
    public void HomeFeed_OverABlock_IsShown()
    {
        _world.Follows.Add((Ada, new Target(EntityKind.Hashtag, _world.Hashtags[0])));
        var seen = HomeFeed(_world, Ada);

        Assert.DoesNotContain(seen.Entries, entry => entry.Author == Dan);
        Assert.Equal(
            [Violation.Shown],
            Found(_world, seen with { Entries = [.. seen.Entries, Entry(_world.Posts[2])] })
        );
    }

    [Fact]
    public void HomeFeed_AfterMuteUnfollowAndDeletion_HasNoneOfThem()
    {
        var before = HomeFeed(_world, Bob);
        _world.Mutes.Add((Bob, Target.Member(Ada)));
        _world.Follows.Remove((Bob, Target.Member(Cleo)));
        _world.Posts[2].IsDeleted = true;

        Assert.Equal([Violation.Shown, Violation.Shown, Violation.Shown], Found(_world, before));
        Assert.Empty(HomeFeed(_world, Bob).Entries);
    }

    [Fact]
    public void HomeFeed_OfAMutedAuthor_IsShownUnlessItSaysThatItIsIncomplete()
    {
        var before = HomeFeed(_world, Bob);
        _world.Mutes.Add((Bob, Target.Member(Ada)));

        Assert.Equal([Violation.Shown], Found(_world, before));
        Assert.Empty(Found(_world, before with { IsComplete = false }));
    }

    [Fact]
    public void HomeFeed_WithTheTextBeforeAnEdit_IsALostWrite()
    {
        var before = HomeFeed(_world, Bob);
        _world.Posts[0].Text = "edited";

        Assert.Equal([Violation.Lost], Found(_world, before));
    }

    [Fact]
    public void AuthorPosts_WithoutOneAndWithAHiddenOne_AreFound()
    {
        Assert.Equal([Violation.Feed], Found(_world, Posts(Bob)));
        Assert.Empty(Found(_world, Posts(Bob, _world.Posts[0])));
        Assert.Equal([Violation.Shown], Found(_world, Posts(Cleo, _world.Posts[0])));

        static Observation Posts(string viewer, params PublishedPost[] posts) =>
            new Observation.AuthorPosts(viewer, Ada, [.. posts.Select(Entry)], true);
    }
}
