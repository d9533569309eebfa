using CsCheck;
using Platform.Ctl.Cli;
using Platform.Ctl.Import;

namespace Platform.Tests.Ctl.UnitTests;

public sealed class EdgeListParserTests
{
    [Fact]
    public async Task Parse_CommentsAndBlankLines_AreSkipped()
    {
        var list = await ParseAsync("# a comment\n% another\n\n   \n1 2\n\t# indented\r\n2\t3\r\n");

        Assert.Equal(["1", "2", "3"], list.Members);
        Assert.Equal([new Edge(0, 1), new Edge(1, 2)], list.Edges);
        Assert.Equal(0, list.JunkCount);
    }

    [Fact]
    public async Task Parse_NoNewlineAtTheEnd_KeepsTheLastEdge() =>
        Assert.Single((await ParseAsync("a b")).Edges);

    [Fact]
    public async Task Parse_SameEdgeAgainOrTheOtherWayRound_CountsItOnce()
    {
        var list = await ParseAsync("a b\nb a\na b\n");

        Assert.Equal([new Edge(0, 1)], list.Edges);
        Assert.Equal(2, list.Duplicates);
        Assert.Equal([1, 1], list.Degrees());
    }

    [Theory]
    [InlineData("alone", "found one")]
    [InlineData("a b c", "found more")]
    [InlineData("a a", "themselves")]
    [InlineData("a,b", "not a member id")]
    [InlineData("a b/c", "not a member id")]
    [InlineData("a \u00e9", "not a member id")]
    [InlineData("a \u001b[31mred", "not a member id")]
    [InlineData(
        "a 12345678901234567890123456789012345678901234567890123456789012345",
        "at most 64"
    )]
    public async Task Parse_JunkLine_IsReportedWithItsNumber(string junk, string problem)
    {
        var list = await ParseAsync($"x y\n{junk}\ny z\n");

        var reported = Assert.Single(list.Junk);
        Assert.Equal(2, reported.Line);
        Assert.Contains(problem, reported.Problem, StringComparison.Ordinal);
        Assert.Equal(1, list.JunkCount);
        Assert.Equal(["x", "y", "z"], list.Members);
        Assert.Equal(2, list.Edges.Count);
    }

    [Fact]
    public async Task Parse_MoreJunkThanIsKept_CountsAll()
    {
        var list = await ParseAsync(
            string.Concat(Enumerable.Repeat("junk\n", EdgeListParser.JunkKept + 5)) + "a b\n"
        );

        Assert.Equal(EdgeListParser.JunkKept + 5, list.JunkCount);
        Assert.Equal(EdgeListParser.JunkKept, list.Junk.Count);
        Assert.Single(list.Edges);
    }

    [Fact]
    public async Task ReadFile_MissingFile_SaysWhichOne()
    {
        var exception = await Assert.ThrowsAsync<CliException>(() =>
            EdgeListParser.ReadFileAsync(
                "/no/such/file.edges",
                TestContext.Current.CancellationToken
            )
        );

        Assert.Equal(ExitCode.BadInput, exception.ExitCode);
        Assert.Equal("FILE_NOT_FOUND", exception.Reason);
        Assert.Contains("/no/such/file.edges", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadFile_Directory_IsRefused()
    {
        var exception = await Assert.ThrowsAsync<CliException>(() =>
            EdgeListParser.ReadFileAsync(Path.GetTempPath(), TestContext.Current.CancellationToken)
        );

        Assert.Equal(ExitCode.BadInput, exception.ExitCode);
        Assert.Equal("FILE_UNREADABLE", exception.Reason);
    }

    [Fact]
    public void Parse_AnyLines_FindsExactlyTheDistinctPairs()
    {
        var pair = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8]);
        pair.List[0, 60]
            .Sample(pairs =>
            {
                var text = string.Concat(
                    pairs.Select(
                        (p, i) => (i % 3 == 0 ? "# c\n" : "") + $" m{p.Item1}\tm{p.Item2} \n"
                    )
                );
                var list = ParseAsync(text).GetAwaiter().GetResult();

                var expected = pairs
                    .Where(p => p.Item1 != p.Item2)
                    .Select(p => (Math.Min(p.Item1, p.Item2), Math.Max(p.Item1, p.Item2)))
                    .ToHashSet();
                var found = list
                    .Edges.Select(edge =>
                        (
                            int.Parse(list.Members[edge.Inviter][1..]),
                            int.Parse(list.Members[edge.Invitee][1..])
                        )
                    )
                    .Select(p => (Math.Min(p.Item1, p.Item2), Math.Max(p.Item1, p.Item2)))
                    .ToHashSet();
                Assert.Equal(expected.Count, list.Edges.Count);
                Assert.True(expected.SetEquals(found));
                Assert.Equal(2 * list.Edges.Count, list.Degrees().Sum());
                Assert.Equal(pairs.Count, list.Edges.Count + list.Duplicates + list.JunkCount);
            });
    }

    private static Task<EdgeList> ParseAsync(string text) =>
        EdgeListParser.ParseAsync(new StringReader(text), TestContext.Current.CancellationToken);
}
