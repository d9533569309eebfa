using CsCheck;
using Platform.Connections.Network.Graph;

namespace Platform.Tests.Connections.UnitTests.Network;

/// <summary>Whatever the lengths and wherever the common lines lie, it finds what a set would.</summary>
public sealed class SortedIntersectionProperties
{
    // lines lie close or far apart; the lengths cover the blocks of eight, their remainders, and the search in longer lists
    private static Gen<int[]> Lists(int length) =>
        Gen.OneOf(Gen.Int[0, 60], Gen.Int[0, 700], Gen.Int[0, int.MaxValue])
            .Array[0, length]
            .Select(lines => lines.Distinct().Order().ToArray());

    [Fact]
    public void Count_OfAnyTwoLists_IsThatOfSets() =>
        Gen.Select(Gen.OneOf(Lists(9), Lists(40), Lists(300)), Gen.OneOf(Lists(40), Lists(900)))
            .Sample(
                (one, other) =>
                {
                    var expected = one.Intersect(other).Order().ToArray();
                    Assert.Equal(expected.Length, SortedIntersection.Count(one, other));
                    Assert.Equal(expected.Length, SortedIntersection.Count(other, one));
                    Assert.Equal(expected.Length > 0, SortedIntersection.Any(one, other));
                    var into = new List<int> { -7 };
                    SortedIntersection.Into(one, other, into);
                    Assert.Equal([-7, .. expected], into);
                    into.Clear();
                    SortedIntersection.Into(other, one, into, limit: 3);
                    Assert.Equal(expected.Take(3), into);
                },
                iter: 5_000
            );

    [Fact]
    public void Into_WithALimitOfNothing_AppendsNothing()
    {
        var into = new List<int>();
        SortedIntersection.Into([1, 2], [1, 2], into, limit: 0);
        Assert.Empty(into);
    }
}
