using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;
using static Platform.Tests.Faults.UnitTests.Sample;

namespace Platform.Tests.Faults.UnitTests;

/// <summary>The checker is told lies, of each sort that it must not believe.</summary>
public sealed class CheckerTests
{
    private readonly World _world = Create();

    [Fact]
    public void Check_TrueAnswers_FindsNothing()
    {
        Assert.Empty(Found(_world, Conversation(_world, Ada, Bob)));
        Assert.Empty(Found(_world, Conversation(_world, Cleo, Ada)));
        foreach (var viewer in _world.Members)
        {
            Assert.Empty(Found(_world, HomeFeed(_world, viewer)));
            foreach (var owner in _world.Members)
            {
                Assert.Empty(Found(_world, ListOf(_world, viewer, owner)));
            }
        }
    }

    [Fact]
    public void Standing_OfALostConnection_IsALostWrite() =>
        Assert.Equal(
            [Violation.Lost],
            Found(_world, new Observation.Standing(Ada, Bob, ConnectionStatus.None))
        );

    [Fact]
    public void Standing_OfAnEndedConnection_IsStray() =>
        Assert.Equal(
            [Violation.Stray],
            Found(_world, new Observation.Standing(Ada, Cleo, ConnectionStatus.Connected))
        );

    [Fact]
    public void ConnectionList_WithoutOne_IsALostWrite() =>
        Assert.Equal(
            [Violation.Lost],
            Found(_world, new Observation.ConnectionList(Ada, Ada, [], 0))
        );

    [Fact]
    public void ConnectionList_WithOneTwice_IsDoubled() =>
        Assert.Equal(
            [Violation.Doubled],
            Found(_world, new Observation.ConnectionList(Ada, Ada, [Bob, Bob], 2))
        );

    [Fact]
    public void ConnectionList_OtherCount_IsFound() =>
        Assert.Equal([Violation.Count], Found(_world, ListOf(_world, Ada, Ada) with { Count = 2 }));

    [Theory]
    [InlineData(ListVisibility.OnlyMe, Bob)]
    [InlineData(ListVisibility.OnlyMe, Cleo)]
    [InlineData(ListVisibility.Connections, Cleo)]
    public void ConnectionList_HiddenAndShown_IsFound(object visibility, string viewer)
    {
        var shown = ListOf(_world, viewer, Ada);
        _world.ListVisibilities[Ada] = (ListVisibility)visibility;

        Assert.Equal([Violation.Shown], Found(_world, shown));
        Assert.Equal(
            [Violation.Shown],
            Found(_world, new Observation.ConnectionList(viewer, Ada, null, 1))
        );
    }

    [Fact]
    public void ConnectionList_RefusedForNoReason_IsFound() =>
        Assert.Equal(
            [Violation.Refused],
            Found(_world, new Observation.ConnectionList(Bob, Ada, null, null))
        );

    [Fact]
    public void BlockList_WithoutTheBlock_IsALostWrite() =>
        Assert.Equal([Violation.Lost], Found(_world, new Observation.BlockList(Dan, [])));

    [Fact]
    public void FollowingList_LostDoubledAndMiscounted_AreFound()
    {
        Assert.Equal([Violation.Lost], Found(_world, Following([], 0)));
        Assert.Equal([Violation.Doubled], Found(_world, Following([Cleo, Cleo], 2)));
        Assert.Equal([Violation.Count], Found(_world, Following([Cleo], 2)));
        Assert.False(Checker.Check(_world, Following([Cleo], 2))[0].MayHeal);
        Assert.Empty(Found(_world, Following([Cleo], 1)));

        static Observation Following(string[] ids, long count) =>
            new Observation.FollowingList(Bob, EntityKind.Member, ids, count);
    }

    [Fact]
    public void FollowingList_OverABlock_CountsIfItStays()
    {
        var found = Checker.Check(
            _world,
            new Observation.FollowingList(Ada, EntityKind.Member, [Dan], 1)
        );

        Assert.True(Assert.Single(found).MayHeal);
    }

    [Fact]
    public void FollowingList_MiscountedAfterABlock_CountsIfItStays()
    {
        // follows may hear of the block after it was asked for the list, and before it was asked for the count
        var found = Checker.Check(
            _world,
            new Observation.FollowingList(Ada, EntityKind.Member, [], 1)
        );

        Assert.Equal((Violation.Count, true), (Assert.Single(found).Kind, found[0].MayHeal));
    }

    [Fact]
    public void FollowerList_WithoutOne_IsALostWrite() =>
        Assert.Equal([Violation.Lost], Found(_world, new Observation.FollowerList(Cleo, [], 0)));

    [Fact]
    public void FollowerCount_HiddenAndShown_IsFound()
    {
        Assert.Empty(Found(_world, new Observation.FollowerCount(Ada, Cleo, 1)));
        Assert.Equal([Violation.Count], Found(_world, new Observation.FollowerCount(Ada, Cleo, 0)));

        _world.HidesFollowerCount.Add(Cleo);

        Assert.Equal([Violation.Shown], Found(_world, new Observation.FollowerCount(Ada, Cleo, 1)));
        Assert.Empty(Found(_world, new Observation.FollowerCount(Ada, Cleo, null)));
    }

    [Fact]
    public void FollowerCount_OverABlock_IsThatOfNobody()
    {
        _world.HidesFollowerCount.Add(Ada);

        Assert.Empty(Found(_world, new Observation.FollowerCount(Dan, Ada, 0)));
        Assert.Equal([Violation.Shown], Found(_world, new Observation.FollowerCount(Dan, Ada, 3)));
    }

    [Fact]
    public void MuteList_WithoutOne_IsALostWrite()
    {
        _world.Mutes.Add((Bob, Target.Member(Cleo)));

        Assert.Equal([Violation.Lost], Found(_world, new Observation.MuteList(Bob, [])));
    }

    [Fact]
    public void CheckShared_AcrossWorlds_FindsALostFollowAndAWrongCount()
    {
        var shared = new Target(EntityKind.Company, "shared");
        _world.Follows.Add((Ada, shared));

        Assert.Empty(Checker.CheckShared([_world], shared, [Ada], 1));
        Assert.Equal(
            Violation.Lost,
            Assert.Single(Checker.CheckShared([_world], shared, [], 0)).Kind
        );
        Assert.Equal(
            Violation.Count,
            Assert.Single(Checker.CheckShared([_world], shared, [Ada], 2)).Kind
        );
    }
}
