using Platform.Ctl.Cli;
using Platform.Ctl.Import;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

public sealed class DegreeVerifierTests
{
    // a line of five, a triangle at its beginning, and two of their own
    private const string File = "a b\nb c\nc d\nd e\na x\nb x\np q\n";

    private readonly PairBook _book = new();

    [Fact]
    public async Task Run_PlatformHoldsTheFile_AgreesAtEveryDistance()
    {
        ConnectAll("ab bc cd de ax bx pq");

        var summary = await RunAsync("a");

        Assert.True(summary.Agrees);
        Assert.Equal([1, 2, 1, 1, 3], summary.ByDistance);
        Assert.Equal(8, summary.Members);
    }

    [Fact]
    public async Task Run_ConnectionMissing_NamesThoseWhoAreFurtherAway()
    {
        ConnectAll("ab cd de ax bx pq");

        var summary = await RunAsync("a");

        Assert.False(summary.Agrees);
        Assert.Equal(
            [new DegreeMismatch("c", 2, null), new DegreeMismatch("d", 3, null)],
            summary.Mismatches
        );
    }

    [Fact]
    public async Task Run_ConnectionTooMany_NamesThoseWhoAreNearer()
    {
        ConnectAll("ab bc cd de ax bx pq dq");

        var summary = await RunAsync("c");

        Assert.Equal(
            [new DegreeMismatch("p", null, 3), new DegreeMismatch("q", null, 2)],
            summary.Mismatches
        );
    }

    [Fact]
    public async Task Run_MemberOfNoEdge_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<CliException>(() => RunAsync("nobody"));

        Assert.Equal(LocalReason.NotInFile, refusal.Reason);
    }

    private void ConnectAll(string pairs)
    {
        foreach (var pair in pairs.Split(' '))
        {
            var (one, other) = (pair[..1], pair[1..]);
            _book.Accept(other, _book.Invite(one, other).InvitationId);
        }
    }

    private async Task<DegreeSummary> RunAsync(string from)
    {
        var list = await EdgeListParser.ParseAsync(
            new StringReader(File),
            TestContext.Current.CancellationToken
        );
        return await new DegreeVerifier(
            new FakeConnectionGraph(_book) { MaxDegrees = 3 },
            new SilentProgressView(),
            new ImmediateTimeProvider()
        ).RunAsync(list, from, 4, TestContext.Current.CancellationToken);
    }
}
