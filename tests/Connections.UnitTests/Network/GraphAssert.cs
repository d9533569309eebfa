using Platform.Connections.Network.Graph;

namespace Platform.Tests.Connections.UnitTests.Network;

/// <summary>Compares every answer of a view with the reference's.</summary>
public static class GraphAssert
{
    private const ushort Today = 40;

    private static readonly double[] WeightOfAge = [1.5, 1.25, 1.1, 1, 1, 0.5];

    /// <param name="expected">What is right.</param>
    /// <param name="actual">What is to be checked.</param>
    /// <param name="members">From whom and to whom; need not be in the graph.</param>
    /// <param name="hides">Who is hidden: no way leads through, nor are they listed.</param>
    public static void Equal(
        ReferenceGraph expected,
        GraphView actual,
        IReadOnlyList<string> members,
        Predicate<string> hides
    )
    {
        Assert.Equal(expected.Edges, actual.Edges);
        Assert.Equal(expected.ConnectedMembers.Count(), actual.ConnectedMembers);
        var ids = members.Select(actual.Find).ToArray();
        var found = new int[members.Count];
        actual.FindAll(members, found);
        Assert.Equal(ids, found);
        foreach (var member in expected.ConnectedMembers)
        {
            Assert.Equal(member, actual.NameOf(actual.Find(member)));
        }
        foreach (var from in members)
        {
            EqualLists(expected, actual, from);
            EqualPairs(expected, actual, from, members, ids, hides);
            EqualSecondDegree(expected, actual, from, hides);
            EqualRanking(expected, actual, from, hides);
        }
    }

    private static void EqualLists(ReferenceGraph expected, GraphView actual, string member)
    {
        var id = actual.Find(member);
        var connections = actual.ConnectionsOf(id);
        var days = actual.ConnectedDaysOf(id);
        Assert.Equal(connections.Length, actual.DegreeOf(id));
        Assert.Equal(connections.Length, days.Length);
        var found = new Dictionary<string, ushort>();
        for (var index = 0; index < connections.Length; index++)
        {
            Assert.True(index == 0 || connections[index - 1] < connections[index]);
            found.Add(actual.NameOf(connections[index]), days[index]);
        }
        Assert.Equal(expected.Connections(member), found);
    }

    private static void EqualPairs(
        ReferenceGraph expected,
        GraphView actual,
        string from,
        IReadOnlyList<string> members,
        int[] ids,
        Predicate<string> hides
    )
    {
        var within3 = expected.Within3(from);
        var id = actual.Find(from);
        var distances = new byte[ids.Length];
        actual.Distances(id, ids, distances);
        var counts = new int[ids.Length];
        actual.CountMutuals(id, ids, counts);
        var mutual = new List<int>();
        for (var index = 0; index < ids.Length; index++)
        {
            var (to, toId) = (members[index], ids[index]);
            // a member without a dense id is out of network even for itself
            var distance = id >= 0 && within3.TryGetValue(to, out var found) ? found : 4;
            Assert.Equal(distance, distances[index]);
            Assert.Equal(distance, actual.Distance(id, toId));

            var expectedMutual = expected.Mutual(from, to);
            mutual.Clear();
            actual.Mutual(id, toId, mutual);
            Assert.Equal(
                expectedMutual,
                mutual.Select(actual.NameOf).Order(StringComparer.Ordinal)
            );
            Assert.Equal(expectedMutual.Count, actual.CountMutual(id, toId));
            Assert.Equal(expectedMutual.Count, counts[index]);

            Assert.Equal(
                expected.ShortestPaths(from, to, member => !hides(member)),
                actual
                    .ShortestPaths(id, toId, member => !hides(actual.NameOf(member)))
                    .Select(path => string.Join('>', path.Select(actual.NameOf)))
                    .Order(StringComparer.Ordinal)
            );
        }
    }

    private static void EqualSecondDegree(
        ReferenceGraph expected,
        GraphView actual,
        string from,
        Predicate<string> hides
    )
    {
        var id = actual.Find(from);
        Predicate<int> shows = member => !hides(actual.NameOf(member));
        EqualPages(
            expected.SecondDegree(from, _ => true, _ => true, 1),
            actual.FindSecondDegree(id)
        );
        EqualPages(
            expected.SecondDegree(from, member => !hides(member), member => !hides(member), 2),
            actual.FindSecondDegree(id, shows, shows, minMutualCount: 2)
        );
        Assert.Equal(
            expected.SecondDegree(from, _ => true, _ => true, 1).Count,
            actual.CountSecondDegree(id)
        );
        Assert.Equal(
            expected.SecondDegree(from, member => !hides(member), _ => true, 1).Count,
            actual.CountSecondDegree(id, shows)
        );

        void EqualPages(List<(string Member, int Count)> list, SecondDegree found)
        {
            Assert.Equal(list.Count, found.Count);
            var pageSize = Math.Max(1, list.Count / 3);
            var byCount = new List<(string, int)>();
            for (
                SecondDegreePosition? after = null;
                found.ListByMutualCount(after, pageSize) is { Count: > 0 } page;

            )
            {
                byCount.AddRange(page.Select(Named));
                after = new SecondDegreePosition(byCount[^1].Item2, byCount[^1].Item1);
            }
            Assert.Equal(list, byCount);
            var byMember = new List<(string, int)>();
            for (
                string? after = null;
                found.ListByMember(after, pageSize) is { Length: > 0 } piece;
                after = byMember[^1].Item1
            )
            {
                byMember.AddRange(piece.ToArray().Select(Named));
            }
            Assert.Equal(list.OrderBy(line => line.Member, StringComparer.Ordinal), byMember);
        }

        (string, int) Named(SecondDegreeMember member) =>
            (actual.NameOf(member.Id), member.MutualCount);
    }

    private static void EqualRanking(
        ReferenceGraph expected,
        GraphView actual,
        string from,
        Predicate<string> hides
    ) =>
        Assert.Equal(
            expected
                .Rank(
                    from,
                    member =>
                        hides(member) ? 0 : 1 / Math.Log(1 + expected.Connections(member).Count),
                    WeightOfAge,
                    Today
                )
                .Select(found => (found.Member, found.Score / 65536.0)),
            actual
                .RankSecondDegree(
                    actual.Find(from),
                    member =>
                        hides(actual.NameOf(member))
                            ? 0
                            : 1 / Math.Log(1 + actual.DegreeOf(member)),
                    WeightOfAge,
                    Today
                )
                .Select(found => (actual.NameOf(found.Id), found.Score))
        );
}
