using Platform.Ctl.Import;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

public sealed class VerifierTests
{
    private readonly PairBook _book = new();

    [Fact]
    public async Task Run_PlatformHoldsTheFile_Agrees()
    {
        Connect("a", "b");
        Connect("b", "c");

        var summary = await RunAsync("a b\nb c\n");

        Assert.True(summary.Agrees);
        Assert.Equal(2, summary.Connected);
        Assert.Empty(summary.Mismatches);
    }

    [Fact]
    public async Task Run_ConnectionMissing_NamesBothMembers()
    {
        Connect("a", "b");

        var summary = await RunAsync("a b\nb c\n");

        Assert.False(summary.Agrees);
        Assert.Equal(1, summary.Connected);
        Assert.Equal(
            [new CountMismatch("b", 2, 1), new CountMismatch("c", 1, 0)],
            summary.Mismatches
        );
    }

    [Fact]
    public async Task Run_ConnectionTooMany_IsFoundByTheCount()
    {
        Connect("a", "b");
        Connect("a", "stranger");

        var summary = await RunAsync("a b\n");

        Assert.False(summary.Agrees);
        Assert.Equal([new CountMismatch("a", 1, 2)], summary.Mismatches);
    }

    private void Connect(string one, string two) =>
        _book.Accept(two, _book.Invite(one, two).InvitationId);

    private async Task<VerifySummary> RunAsync(string edges)
    {
        var list = await EdgeListParser.ParseAsync(
            new StringReader(edges),
            TestContext.Current.CancellationToken
        );
        return await new Verifier(
            new FakeConnectionGraph(_book) { MaxChecks = 1 },
            new SilentProgressView(),
            new ImmediateTimeProvider()
        ).RunAsync(list, 4, TestContext.Current.CancellationToken);
    }
}
