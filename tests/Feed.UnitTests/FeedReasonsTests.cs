using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Sources;

namespace Platform.Tests.Feed.UnitTests;

public sealed class FeedReasonsTests
{
    private static readonly EntityRef Ben = EntityRef.Member("ben");
    private static readonly EntityRef Music = EntityRef.Hashtag("music");

    [Theory]
    [InlineData(PostKind.Post, true, false, false)]
    [InlineData(PostKind.Post, false, true, true)]
    [InlineData(PostKind.ProfileUpdate, true, false, true)]
    [InlineData(PostKind.ProfileUpdate, false, true, false)]
    public void Of_MuteOfOneKind_LeavesTheOther(
        PostKind kind,
        bool postsMuted,
        bool updatesMuted,
        bool isShown
    )
    {
        var mute = new FollowStanding(Followed: true, postsMuted, updatesMuted);
        foreach (var muted in new[] { Ben, Music })
        {
            // the other of the two is not followed: what is left hangs on the muted one
            var reasons = FeedReasons.Of(
                "ann",
                NewPost(kind),
                _ => MemberStanding.None,
                entity => entity == muted ? mute : default,
                followProves: true
            );
            Assert.Equal(isShown, reasons.Count == 1);
        }
    }

    private static Post NewPost(PostKind kind) =>
        new(
            new PostId(1),
            Ben,
            kind,
            "on #music",
            [Music.Id],
            PostAudience.Everyone,
            ProfileChange: null,
            new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            UpdateTime: null,
            Revision: 1
        );
}
