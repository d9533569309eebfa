using System.Text.RegularExpressions;
using CsCheck;
using Platform.Ctl.Import;

namespace Platform.Tests.Ctl.UnitTests;

public sealed partial class ImportPlannerTests
{
    [Fact]
    public void Batches_AnyEdges_HoldEachEdgeOnceWithOneInviterAndWithinTheSize()
    {
        var edge = Gen.Select(Gen.Int[0, 5], Gen.Int[6, 30], (a, b) => new Edge(a, b));
        Gen.Select(edge.List[0, 80], Gen.Int[1, 9])
            .Sample(
                (edges, size) =>
                {
                    var list = new EdgeList(
                        [.. Enumerable.Range(0, 31).Select(i => $"m{i}")],
                        edges,
                        0,
                        0,
                        []
                    );

                    var batches = ImportPlanner.Batches(list, size);

                    Assert.Equal(
                        Enumerable.Range(0, edges.Count),
                        batches.SelectMany(b => b.Edges).Order()
                    );
                    Assert.All(batches, batch => Assert.InRange(batch.Edges.Count, 1, size));
                    Assert.All(
                        batches,
                        batch =>
                            Assert.All(
                                batch.Edges,
                                position => Assert.Equal(batch.Inviter, edges[position].Inviter)
                            )
                    );
                }
            );
    }

    [Fact]
    public void RequestId_LongestMemberIds_IsWithinTheContract() =>
        Assert.Matches(
            Allowed(),
            ImportPlanner.RequestId(
                new string('f', 12),
                "invite",
                new string('a', 64),
                new string('b', 64)
            )
        );

    [Fact]
    public void RequestId_OtherRunStepOrDirection_Differs()
    {
        string[] ids =
        [
            ImportPlanner.RequestId("run1", "invite", "a", "b"),
            ImportPlanner.RequestId("run2", "invite", "a", "b"),
            ImportPlanner.RequestId("run1", "accept", "a", "b"),
            ImportPlanner.RequestId("run1", "invite", "b", "a"),
            ImportPlanner.RequestId("run1", "invite", "a", "c"),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], ImportPlanner.RequestId("run1", "invite", "a", "b"));
    }

    [GeneratedRegex("^[A-Za-z0-9_.:-]{1,64}$")]
    private static partial Regex Allowed();
}
