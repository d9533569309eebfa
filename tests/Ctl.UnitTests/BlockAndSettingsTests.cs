using Platform.Ctl.Cli;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

/// <summary>Blocks and settings against a gateway on a real port.</summary>
public sealed class BlockAndSettingsTests : IAsyncLifetime
{
    private FakeGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await FakeGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Block_ThenBlocksAndUnblock_SayWhatWasDone()
    {
        var block = await RunAsync("block", "alice", "bob");
        var blocks = await RunAsync("blocks", "alice", "--json");
        var unblock = await RunAsync("unblock", "alice", "bob");
        var none = await RunAsync("blocks", "bob");

        Assert.Equal((0, "alice blocks bob\n", ""), (block.ExitCode, block.Out, block.Error));
        Assert.Equal(
            """{"member_id":"bob","block_time":"2026-03-01T12:00:00+00:00"}""",
            Assert.Single(blocks.Lines)
        );
        Assert.Equal(
            "alice blocks bob no more, and cannot again before 2026-03-01 12:00:00Z\n",
            unblock.Out
        );
        Assert.Equal("bob blocks nobody\n", none.Out);
    }

    [Fact]
    public async Task Unblock_NotBlocked_SaysTheReasonAndExits1()
    {
        var run = await RunAsync("unblock", "alice", "bob");

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.StartsWith("error: NOT_BLOCKED: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_ShownAndChanged_ChangesOnlyWhatIsGiven()
    {
        var before = await RunAsync("settings", "alice");
        var changed = await RunAsync("settings", "alice", "--list", "only-me", "--json");
        var both = await RunAsync(
            "settings",
            "alice",
            "--list",
            "connections",
            "--invitations",
            "second-degree"
        );

        Assert.Equal("list of connections: everyone\ninvitations: everyone\n", before.Out);
        Assert.Equal(
            """{"member_id":"alice","list":"only-me","invitations":"everyone"}""",
            Assert.Single(changed.Lines)
        );
        Assert.Equal("list of connections: connections\ninvitations: second-degree\n", both.Out);
    }

    [Fact]
    public async Task Settings_UnknownValue_IsWrongUsage()
    {
        var run = await RunAsync("settings", "alice", "--list", "friends");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("INVALID_USAGE", run.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.AgainstAsync(_gateway, args);
}
