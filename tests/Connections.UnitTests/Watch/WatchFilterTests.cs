using Platform.Connections.Connections;
using Platform.Connections.Relationships;
using Platform.Connections.Watch;

namespace Platform.Tests.Connections.UnitTests.Watch;

/// <summary>Who sees what of a change: one case a cell. Ann is the low side, bob the high one.</summary>
public sealed class WatchFilterTests
{
    private static readonly MemberPair Pair = MemberPair.Of("ann", "bob");
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// What happened, by whom; what stood before; then what ann (who acts in all cases but those of time), bob and a service see,
    /// as "KIND by actor", or nothing.
    /// </summary>
    public static readonly TheoryData<
        TransitionKind,
        TransitionKind?,
        string?,
        string?,
        string?
    > Cells = new()
    {
        { TransitionKind.Invited, null, "Invited by ann", "Invited by ann", "Invited by ann" },
        {
            TransitionKind.Reminded,
            TransitionKind.Invited,
            "Reminded by ann",
            "Reminded by ann",
            "Reminded by ann"
        },
        {
            TransitionKind.Connected,
            TransitionKind.Invited,
            "Connected by ann",
            "Connected by ann",
            "Connected by ann"
        },
        {
            TransitionKind.Declined,
            TransitionKind.Invited,
            "Declined by ann",
            "Declined by ann",
            "Declined by ann"
        },
        {
            TransitionKind.DeclineUndone,
            TransitionKind.Declined,
            "DeclineUndone by ann",
            "DeclineUndone by ann",
            "DeclineUndone by ann"
        },
        {
            TransitionKind.Withdrawn,
            TransitionKind.Invited,
            "Withdrawn by ann",
            "Withdrawn by nobody",
            "Withdrawn by ann"
        },
        {
            TransitionKind.Removed,
            TransitionKind.Connected,
            "Removed by nobody",
            "Removed by nobody",
            "Removed by ann"
        },
        {
            TransitionKind.Blocked,
            TransitionKind.Connected,
            "Blocked by ann",
            "Removed by nobody",
            "Blocked by ann"
        },
        // ann's own invitation: to bob it looks taken back
        {
            TransitionKind.Blocked,
            TransitionKind.Invited,
            "Blocked by ann",
            "Withdrawn by nobody",
            "Blocked by ann"
        },
        {
            TransitionKind.Blocked,
            TransitionKind.Reminded,
            "Blocked by ann",
            "Withdrawn by nobody",
            "Blocked by ann"
        },
        // bob's invitation, pending again because ann undid her decline: to bob it is gone as if ann were
        {
            TransitionKind.Blocked,
            TransitionKind.DeclineUndone,
            "Blocked by ann",
            "Removed by nobody",
            "Blocked by ann"
        },
        { TransitionKind.Blocked, null, "Blocked by ann", null, "Blocked by ann" },
        {
            TransitionKind.Blocked,
            TransitionKind.Declined,
            "Blocked by ann",
            null,
            "Blocked by ann"
        },
        {
            TransitionKind.Blocked,
            TransitionKind.Withdrawn,
            "Blocked by ann",
            null,
            "Blocked by ann"
        },
        {
            TransitionKind.Blocked,
            TransitionKind.Expired,
            "Blocked by ann",
            null,
            "Blocked by ann"
        },
        {
            TransitionKind.Blocked,
            TransitionKind.Removed,
            "Blocked by ann",
            null,
            "Blocked by ann"
        },
        {
            TransitionKind.Blocked,
            TransitionKind.Blocked,
            "Blocked by ann",
            null,
            "Blocked by ann"
        },
        {
            TransitionKind.Blocked,
            TransitionKind.Unblocked,
            "Blocked by ann",
            null,
            "Blocked by ann"
        },
        {
            TransitionKind.Unblocked,
            TransitionKind.Blocked,
            "Unblocked by ann",
            null,
            "Unblocked by ann"
        },
        {
            TransitionKind.Expired,
            TransitionKind.Invited,
            "Expired by nobody",
            "Expired by nobody",
            "Expired by nobody"
        },
        { TransitionKind.Emptied, null, null, null, "Removed by nobody" },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void See_ByRole_IsWhatTheTableSays(
        TransitionKind kind,
        TransitionKind? before,
        string? actorSees,
        string? otherSees,
        string? serviceSees
    )
    {
        var actor = kind is TransitionKind.Expired or TransitionKind.Emptied ? Side.None : Side.Low;
        var change = new PairChange(
            Pair,
            new Transition(kind, actor, Time, 1, 9),
            before is { } earlier ? new Transition(earlier, Side.Low, Time, 1, 8) : null
        );

        Assert.Equal(actorSees, Text(Of("ann").See(change)));
        Assert.Equal(otherSees, Text(Of("bob").See(change)));
        Assert.Null(Of("eve").See(change));
        Assert.Equal(serviceSees, Text(new WatchFilter().See(change)));
        Assert.Equal(serviceSees, Text(new WatchFilter { Member = "bob" }.See(change)));
    }

    [Fact]
    public void See_EveryKind_StandsInTheTable() =>
        Assert.Equal(
            Enum.GetValues<TransitionKind>().Except([TransitionKind.MemberDeleted]).Order(),
            Cells.Select(cell => cell.Data.Item1).Distinct().Order()
        );

    [Theory]
    [InlineData(TransitionKind.Invited, Side.Low, ConnectionStanding.InvitationSent)]
    [InlineData(TransitionKind.Invited, Side.High, ConnectionStanding.InvitationReceived)]
    [InlineData(TransitionKind.Reminded, Side.Low, ConnectionStanding.InvitationSent)]
    [InlineData(TransitionKind.DeclineUndone, Side.Low, ConnectionStanding.InvitationReceived)]
    [InlineData(TransitionKind.DeclineUndone, Side.High, ConnectionStanding.InvitationSent)]
    [InlineData(TransitionKind.Connected, Side.High, ConnectionStanding.Connected)]
    [InlineData(TransitionKind.Declined, Side.High, ConnectionStanding.None)]
    [InlineData(TransitionKind.Removed, Side.High, ConnectionStanding.None)]
    [InlineData(TransitionKind.Blocked, Side.High, ConnectionStanding.None)]
    public void See_Standing_IsThatOfTheLowMemberAfterwards(
        TransitionKind kind,
        Side actor,
        ConnectionStanding standing
    ) =>
        Assert.Equal(
            standing,
            new WatchFilter()
                .See(new PairChange(Pair, new Transition(kind, actor, Time, 1, 9), null))!
                .Standing
        );

    [Fact]
    public void See_ABlockThatLooksLikeAWithdrawal_NamesTheInvitationThatWentAway()
    {
        var blocked = new PairChange(
            Pair,
            new Transition(TransitionKind.Blocked, Side.Low, Time, 0, 9),
            new Transition(TransitionKind.Invited, Side.Low, Time, 3, 8)
        );
        var withdrawn = blocked with { Line = new(TransitionKind.Withdrawn, Side.Low, Time, 3, 9) };

        Assert.Equal(Of("bob").See(withdrawn), Of("bob").See(blocked));
    }

    [Fact]
    public void See_MemberDeleted_IsForServicesAndThemselves()
    {
        var marker = new PairChange(
            MemberPair.MarkerOf("ann"),
            new Transition(TransitionKind.MemberDeleted, Side.None, Time, 0, 9),
            null
        );

        Assert.NotNull(new WatchFilter().See(marker));
        Assert.NotNull(Of("ann").See(marker));
        Assert.Null(Of("bob").See(marker));
        Assert.NotNull(new WatchFilter { Watched = Set("ann") }.See(marker));
        Assert.Null(new WatchFilter { Watched = Set("bob") }.See(marker));
    }

    [Fact]
    public void See_Kinds_AreThoseThatTheViewerSees()
    {
        var blocked = new PairChange(
            Pair,
            new Transition(TransitionKind.Blocked, Side.Low, Time, 0, 9),
            new Transition(TransitionKind.Connected, Side.Low, Time, 1, 8)
        );

        Assert.NotNull((Of("bob") with { Kinds = Set(TransitionKind.Removed) }).See(blocked));
        Assert.Null((Of("bob") with { Kinds = Set(TransitionKind.Blocked) }).See(blocked));
        Assert.Null((Of("ann") with { Kinds = Set(TransitionKind.Removed) }).See(blocked));
    }

    [Theory]
    [InlineData("ann", true)]
    [InlineData("bob", true)]
    [InlineData("eve", false)]
    public void Concerns_WatchedIds_AreEitherOfThePair(string watched, bool concerns) =>
        Assert.Equal(concerns, new WatchFilter { Watched = Set(watched) }.Concerns(Pair));

    private static WatchFilter Of(string member) => new() { Member = member, IsMember = true };

    private static HashSet<T> Set<T>(params T[] items) => [.. items];

    private static string? Text(VisibleChange? change) =>
        change is null
            ? null
            : $"{change.Kind} by {(change.Actor == Side.None ? "nobody" : change.Pair.MemberAt(change.Actor))}";
}
