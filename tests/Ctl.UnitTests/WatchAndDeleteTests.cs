using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

/// <summary>platformctl watch and delete-member against a gateway on a real port.</summary>
public sealed class WatchAndDeleteTests : IAsyncLifetime
{
    private FakeGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await FakeGateway.StartAsync();
        _gateway.State.Changes.AddRange([
            Change(ConnectionChangeKind.Invited, "alice", "bob", "alice"),
            Change(ConnectionChangeKind.DeclineUndone, "alice", "bob", "bob"),
            Change(ConnectionChangeKind.MemberDeleted, "alice", "", ""),
        ]);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Watch_StreamBreaksOff_GoesOnAndEndsWithTheCursor()
    {
        var run = await WatchAsync("watch");

        Assert.Equal(
            [
                "2026-03-01 12:00:00Z  invited        alice bob, by alice",
                "2026-03-01 12:00:00Z  decline_undone alice bob, by bob",
                "2026-03-01 12:00:00Z  member_deleted alice",
            ],
            run.Lines
        );
        Assert.Equal(
            "note: SLOW_CONSUMER: going on from the last change\nnote: go on with --cursor 3\n",
            run.Error
        );
        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.Equal(["", "2"], _gateway.State.Watches.Select(watch => watch.Cursor));
    }

    [Fact]
    public async Task Watch_JsonOfAMember_IsALineAChange()
    {
        var run = await WatchAsync(
            "watch",
            "alice",
            "--json",
            "--from-beginning",
            "--kind",
            "invited",
            "--kind",
            "removed"
        );

        using var first = JsonDocument.Parse(run.Lines[0]);
        Assert.Equal("invited", first.RootElement.GetProperty("kind").GetString());
        Assert.Equal("1", first.RootElement.GetProperty("cursor").GetString());
        using var last = JsonDocument.Parse(run.Lines[2]);
        Assert.False(last.RootElement.TryGetProperty("second_id", out _));
        var asked = _gateway.State.Watches.First();
        Assert.Equal(("alice", WatchStart.Beginning), (asked.MemberId, asked.Start));
        Assert.Equal([ConnectionChangeKind.Invited, ConnectionChangeKind.Removed], asked.Kinds);
    }

    [Fact]
    public async Task Watch_UnknownKind_IsWrongUsage()
    {
        var run = await CliRun.AgainstAsync(_gateway, "watch", "--kind", "nonsense");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Empty(_gateway.State.Watches);
    }

    [Fact]
    public async Task DeleteMember_Wait_ReturnsWhenItIsDone()
    {
        var run = await CliRun.AgainstAsync(_gateway, "delete-member", "alice", "--wait");

        Assert.Equal((0, "alice is erased; 3 removed\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(["alice"], _gateway.State.Erased);
    }

    [Fact]
    public async Task DeleteMember_WithoutWaiting_SaysHowFarItIs()
    {
        var run = await CliRun.AgainstAsync(_gateway, "delete-member", "alice");

        Assert.Equal("alice is being erased; 1 removed, 2 left\n", run.Out);
    }

    [Fact]
    public async Task DeleteMember_Status_ErasesNobody()
    {
        var run = await CliRun.AgainstAsync(_gateway, "delete-member", "alice", "--status");

        Assert.Equal("alice was never deleted\n", run.Out);
        Assert.Empty(_gateway.State.Erased);
    }

    // stopped, as Ctrl-C does, when the third change was told
    private async Task<CliRun> WatchAsync(params string[] args)
    {
        using var stop = new CancellationTokenSource();
        var lines = 0;
        return await CliRun.RunAsync(
            [.. args, "--grpc", _gateway.Grpc, "--http", _gateway.Http],
            stop: stop.Token,
            onLine: () =>
            {
                if (Interlocked.Increment(ref lines) == 3)
                {
                    stop.Cancel();
                }
            }
        );
    }

    private static ConnectionChange Change(
        ConnectionChangeKind kind,
        string first,
        string second,
        string actor
    ) =>
        new()
        {
            Kind = kind,
            FirstId = first,
            SecondId = second,
            ActorId = actor,
            Revision = "c1",
            ChangeTime = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).ToTimestamp(),
            Status = ConnectionStatus.None,
        };
}
