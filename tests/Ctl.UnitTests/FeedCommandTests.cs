using System.Text.Json;
using Platform.Ctl.Cli;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

/// <summary>platformctl feed watch, rebuild and verify against a gateway on a real port.</summary>
public sealed class FeedCommandTests : IAsyncLifetime
{
    private FakeGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await FakeGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Watch_StreamBreaksOff_GoesOnAndEndsWithTheCursor()
    {
        using var stop = new CancellationTokenSource();
        var lines = 0;

        var run = await CliRun.RunAsync(
            ["feed", "watch", "alice", "--grpc", _gateway.Grpc, "--http", _gateway.Http],
            stop: stop.Token,
            onLine: () =>
            {
                if (Interlocked.Increment(ref lines) == 2)
                {
                    stop.Cancel();
                }
            }
        );

        Assert.Equal(["+ 7  bob (connection): hello", "- 7"], run.Lines);
        Assert.Equal(
            "note: SLOW_CONSUMER: going on from the last change\nnote: go on with --cursor 2\n",
            run.Error
        );
        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.Equal(["", "1"], _gateway.State.FeedWatches);
    }

    [Fact]
    public async Task Rebuild_All_SaysHowFarItIsAndWhatWasDone()
    {
        var run = await RunAsync("feed", "rebuild");

        Assert.Equal((0, "2 timelines rebuilt, 50 entries written\n"), (run.ExitCode, run.Out));
        Assert.Equal("note: 1 timelines rebuilt, 20 entries written\n", run.Error);
        Assert.Equal("", Assert.Single(_gateway.State.FeedRebuilds).MemberId);
    }

    [Fact]
    public async Task Rebuild_BreaksOff_SaysWhereToGoOn()
    {
        var run = await RunAsync("feed", "rebuild", "alice", "--cursor", "breaks");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("note: go on with --cursor c1\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("error: DEPENDENCY_UNAVAILABLE", run.Error, StringComparison.Ordinal);
        Assert.Equal("alice", Assert.Single(_gateway.State.FeedRebuilds).MemberId);
    }

    [Fact]
    public async Task Verify_Findings_ArePrintedAndMakeTheExitCode()
    {
        var run = await RunAsync("feed", "verify", "alice");

        Assert.Equal(
            ["missing     alice 7", "2 timelines checked, 1 findings, 0 mended"],
            run.Lines
        );
        Assert.Equal(ExitCode.Partial, run.ExitCode);
        var asked = Assert.Single(_gateway.State.FeedVerifications);
        Assert.Equal(("alice", false, ""), (asked.MemberId, asked.Repair, asked.Cursor));
    }

    [Fact]
    public async Task Verify_RepairAsJson_IsALineAFindingAndASummary()
    {
        var run = await RunAsync("feed", "verify", "--repair", "--json", "--cursor", "c0");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        using var finding = JsonDocument.Parse(run.Lines[0]);
        Assert.True(finding.RootElement.GetProperty("repaired").GetBoolean());
        using var summary = JsonDocument.Parse(run.Lines[1]);
        Assert.Equal(1, summary.RootElement.GetProperty("found").GetInt64());
        var asked = Assert.Single(_gateway.State.FeedVerifications);
        Assert.Equal(("", true, "c0"), (asked.MemberId, asked.Repair, asked.Cursor));
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.AgainstAsync(_gateway, args);
}
