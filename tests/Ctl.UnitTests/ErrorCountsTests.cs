using Platform.Ctl.Import;

namespace Platform.Tests.Ctl.UnitTests;

public sealed class ErrorCountsTests
{
    [Fact]
    public void ToList_SeveralReasons_MostFrequentFirstWithItsFirstExample()
    {
        var counts = new ErrorCounts();
        counts.Add("COOL_DOWN", "first");
        counts.Add("NOT_INVITABLE", "other");
        counts.Add("COOL_DOWN", "second", 2);

        Assert.Equal(
            [new ErrorCount("COOL_DOWN", 3, "first"), new ErrorCount("NOT_INVITABLE", 1, "other")],
            counts.ToList()
        );
        Assert.Equal(4, counts.Total);
    }

    [Fact]
    public void Add_FromManyThreads_LosesNone()
    {
        var counts = new ErrorCounts();

        Parallel.For(0, 10_000, i => counts.Add(i % 2 == 0 ? "EVEN" : "ODD", ""));

        Assert.Equal([5_000, 5_000], counts.ToList().Select(error => error.Count));
    }
}
