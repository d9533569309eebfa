using Platform.Common.V1;
using Platform.Follows.Storage;
using Platform.Follows.Watch;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Follows.UnitTests;

public sealed class FollowCursorTests
{
    [Fact]
    public void Write_ThenRead_IsTheSame()
    {
        var cursor = new FollowCursor(17, 1_000, 23);

        Assert.Equal(cursor, FollowCursor.Read("ann", cursor.Write("ann")));
        Assert.Null(FollowCursor.Read("ann", ""));
    }

    [Fact]
    public void AfterIn_BucketsBeforeTheStop_GoOnLater()
    {
        var cursor = new FollowCursor(17, 5, 23);

        Assert.Equal((23, 17), (cursor.AfterIn(4), cursor.AfterIn(5)));
        Assert.Equal(9, FollowCursor.Met(9).AfterIn(0));
    }

    [Fact]
    public void Read_CursorsThatAreNone_AreRefused()
    {
        string[] cursors =
        [
            "nonsense",
            new FollowCursor(1, 0, 1).Write("bob"),
            new FollowCursor(5, 0, 4).Write("ann"),
            new FollowCursor(1, FollowKeys.Buckets, 1).Write("ann"),
            new FollowCursor(-1, 0, 1).Write("ann"),
        ];

        Assert.All(
            cursors,
            cursor =>
                Assert.Equal(
                    ErrorReason.InvalidCursor,
                    Assert.Throws<DomainException>(() => FollowCursor.Read("ann", cursor)).Reason
                )
        );
    }
}
