using System.Text.Json;
using Platform.Connections.Connections;
using Platform.Connections.Relationships;
using Platform.Connections.Watch;

namespace Platform.Tests.Connections.UnitTests.Watch;

/// <summary>Who is told what of a change: every row of docs/visibility.md. Ann is the low side, bob the high one.</summary>
public sealed class WatchFilterTests
{
    private static readonly MemberPair Pair = MemberPair.Of("ann", "bob");
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The rows of docs/visibility.md: the change, the one before, and what A (ann), B (bob) and services are told.</summary>
    public static TheoryData<string, string, string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string, string, string>();
            var table = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "visibility.md"))
                .SkipWhile(line => line != "## What watchers are told")
                .Where(line => line.StartsWith('|'))
                // its head and rule
                .Skip(2);
            foreach (var line in table)
            {
                var cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
                rows.Add(cells[0], cells[1], cells[2], cells[3], cells[4]);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void See_ByRole_IsWhatTheTableSays(
        string kind,
        string before,
        string actorIsTold,
        string otherIsTold,
        string serviceIsTold
    )
    {
        var happened = KindOf(kind);
        var change = new PairChange(
            Pair,
            new Transition(
                happened,
                happened is TransitionKind.Expired or TransitionKind.Emptied ? Side.None : Side.Low,
                Time,
                1,
                9
            ),
            before == "-" ? null : new Transition(KindOf(before), Side.Low, Time, 1, 8)
        );

        Assert.Equal(actorIsTold, Text(Of("ann").See(change)));
        Assert.Equal(otherIsTold, Text(Of("bob").See(change)));
        Assert.Null(Of("eve").See(change));
        Assert.Equal(serviceIsTold, Text(new WatchFilter().See(change)));
        Assert.Equal(serviceIsTold, Text(new WatchFilter { Member = "bob" }.See(change)));
    }

    [Fact]
    public void See_EveryKind_StandsInTheTable() =>
        Assert.Equal(
            Enum.GetValues<TransitionKind>().Except([TransitionKind.MemberDeleted]).Order(),
            Rows.Select(row => KindOf(row.Data.Item1)).Distinct().Order()
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

    private static TransitionKind KindOf(string name) =>
        name == "erasure of A or B"
            ? TransitionKind.Emptied
            : Enum.Parse<TransitionKind>(
                name.Replace("_", "", StringComparison.Ordinal),
                ignoreCase: true
            );

    private static string Text(VisibleChange? change) =>
        change is null
            ? "nothing"
            : JsonNamingPolicy.SnakeCaseUpper.ConvertName(change.Kind.ToString())
                + change.Actor switch
                {
                    Side.None => "",
                    Side.Low => " by A",
                    _ => " by B",
                };
}
