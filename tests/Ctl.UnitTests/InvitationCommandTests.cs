using Platform.Ctl.Cli;
using Platform.Testing;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

/// <summary>The commands of invitations beyond inviting and accepting, against a gateway on a real port.</summary>
public sealed class InvitationCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FakeGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await FakeGateway.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Remind_PendingInvitation_SaysSo()
    {
        await RunAsync("connect", "alice", "bob");

        var run = await RunAsync("remind", "alice", "bob");
        var none = await RunAsync("remind", "bob", "alice");

        Assert.Equal(
            (0, "alice reminded bob of the invitation\n", ""),
            (run.ExitCode, run.Out, run.Error)
        );
        Assert.Equal(ExitCode.Refused, none.ExitCode);
        Assert.StartsWith("error: NOT_THE_INVITER: ", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UndoDecline_OnTheSecondPage_IsFound()
    {
        var run = await RunAsync("undo-decline", "alice", "dan", "--json");
        var none = await RunAsync("undo-decline", "alice", "eve");

        Assert.Contains("\"invitation_id\":\"i2\"", run.Out, StringComparison.Ordinal);
        Assert.Equal(
            "error: INVITATION_NOT_FOUND: alice declined no invitation from eve\n",
            none.Error
        );
    }

    [Fact]
    public async Task InviteBatch_SomeRefused_SaysWhichAndExits4()
    {
        var file = _folder.File("members.txt");
        await File.WriteAllTextAsync(file, "bob\tHello Bob\n\ncarol\n dan  Hello Dan \n");

        var run = await RunAsync("invite-batch", "alice", file, "--json");

        Assert.Equal(ExitCode.Partial, run.ExitCode);
        Assert.Equal(
            [
                """{"invitee_id":"bob","outcome":"invited","invitation_id":"i-bob"}""",
                """{"invitee_id":"carol","outcome":"INVITATION_QUOTA","message":"used up"}""",
                """{"invitee_id":"dan","outcome":"invited","invitation_id":"i-dan"}""",
            ],
            run.Lines
        );
    }

    [Fact]
    public async Task InviteBatch_NoFile_SaysSo()
    {
        var run = await RunAsync("invite-batch", "alice", _folder.File("nowhere"));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith("error: FILE_NOT_FOUND: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quota_OneLimit_IsATable()
    {
        var run = await RunAsync("quota", "alice");

        Assert.Equal(2, run.Lines.Count);
        Assert.Equal(
            ["weekly", "invitations", "100", "99", "1", "standard"],
            run.Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Fact]
    public async Task Explain_ByAMemberAndAnOperator_SaysWhatEachMayKnow()
    {
        var may = await RunAsync("explain", "alice", "bob");
        var mayNot = await RunAsync("explain", "alice", "carol");
        var seen = await RunAsync("explain", "alice", "carol", "--operator");

        Assert.Equal("alice may invite bob\n", may.Out);
        Assert.Equal(
            "alice may not invite carol:\n  NOT_INVITABLE: cannot be invited\n",
            mayNot.Out
        );
        Assert.Equal(
            "alice may not invite carol:\n  NOT_INVITABLE: cannot be invited (cause: block)\n",
            seen.Out
        );
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.AgainstAsync(_gateway, args);
}
