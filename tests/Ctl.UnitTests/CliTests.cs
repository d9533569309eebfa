using System.Text.Json;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

/// <summary>The commands against a gateway on a real port.</summary>
public sealed class CliTests : IAsyncLifetime
{
    private FakeGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await FakeGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Connect_ThenAccept_ConnectsTheTwo()
    {
        var connect = await RunAsync("connect", "alice", "bob", "--note", "hello");
        var accept = await RunAsync("accept", "bob", "alice");

        Assert.Equal(
            (0, "alice invited bob\n", ""),
            (connect.ExitCode, connect.Out, connect.Error)
        );
        Assert.Equal(
            (0, "bob and alice are connected\n", ""),
            (accept.ExitCode, accept.Out, accept.Error)
        );
        Assert.Equal(["bob"], _gateway.State.Book.ConnectionsOf("alice"));
    }

    [Fact]
    public async Task Connect_Json_IsOneObjectInSnakeCase()
    {
        var run = await RunAsync("connect", "alice", "bob", "--note", "h\u00e9llo", "--json");

        using var json = JsonDocument.Parse(Assert.Single(run.Lines));
        Assert.Equal("alice", json.RootElement.GetProperty("inviter_id").GetString());
        Assert.Equal("bob", json.RootElement.GetProperty("invitee_id").GetString());
        Assert.Equal("pending", json.RootElement.GetProperty("state").GetString());
        Assert.Equal("h\u00e9llo", json.RootElement.GetProperty("note").GetString());
        Assert.Equal("r1", json.RootElement.GetProperty("revision").GetString());
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Connect_RefusedByTheService_SaysTheReasonAndExits1()
    {
        await RunAsync("connect", "alice", "bob");

        var run = await RunAsync("connect", "alice", "bob", "--json");

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal("error: ALREADY_INVITED: refused by the test\n", run.Error);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Connect_WrongField_NamesIt()
    {
        var run = await RunAsync("connect", "alice", "bob", "--note", new string('x', 301));

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal("error: INVALID_REQUEST: at most 300 characters (field: note)\n", run.Error);
    }

    [Fact]
    public async Task AnyCommand_ReasonWithMetadata_ShowsIt()
    {
        _gateway.State.Before = (_, _) =>
            throw Refusals.Of(
                new DomainException(ErrorReason.CoolDown, "not yet").With(
                    "until",
                    "2027-01-01T00:00:00Z"
                )
            );

        var run = await RunAsync("connect", "alice", "bob");

        Assert.Equal("error: COOL_DOWN: not yet (until: 2027-01-01T00:00:00Z)\n", run.Error);
    }

    [Theory]
    [InlineData("carol", "INVITATION_NOT_FOUND")]
    [InlineData("bob", "NOT_THE_INVITEE")]
    public async Task Accept_NothingToAccept_SaysWhy(string inviter, string reason)
    {
        await RunAsync("connect", "alice", "bob");

        var run = await RunAsync("accept", "alice", inviter);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.StartsWith($"error: {reason}: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_MoreThanTheLimit_SaysSo()
    {
        for (var i = 0; i < 5; i++)
        {
            _gateway.State.Book.Accept(
                $"m{i}",
                _gateway.State.Book.Invite("alice", $"m{i}").InvitationId
            );
        }

        var some = await RunAsync("connections", "alice", "--limit", "2", "--json");
        var all = await RunAsync("connections", "alice", "--limit", "0", "--json");
        var counted = await RunAsync("connections", "alice", "--count");

        Assert.Equal(["""{"member_id":"m0"}""", """{"member_id":"m1"}"""], some.Lines);
        Assert.Equal("note: there are more than these 2; --limit 0 prints all\n", some.Error);
        Assert.Equal(5, all.Lines.Count);
        Assert.Empty(all.Error);
        Assert.Equal("5\n", counted.Out);
    }

    [Fact]
    public async Task Degree_ServiceServesIt_SaysIt()
    {
        _gateway.State.Degree = Degree.Second;

        var run = await RunAsync("degree", "alice", "carol", "--json");

        Assert.Equal(
            """{"member_id":"alice","other_id":"carol","degree":"second","distance":2}""",
            Assert.Single(run.Lines)
        );
    }

    [Fact]
    public async Task Network_OfTwoMembers_ShowsDegreeMutualsPathsAndSuggestions()
    {
        _gateway.State.Degree = Degree.Second;

        var run = await RunAsync("network", "alice", "carol");

        Assert.Equal(
            """
            degree    2: carol is a connection of a connection of alice
            mutual    12: leo mia ...
            path      alice - leo - carol
            path      alice - mia - carol
            path      ... and more
            network   3 first degree, 40 second degree
            suggest   eve, 2 mutual: leo mia

            """,
            run.Out
        );
    }

    [Fact]
    public async Task Post_TextThatLooksLikeAResponseFile_IsTakenAsItIs()
    {
        var run = await RunAsync("post", "alice", "@bob says --hi #dotnet");

        Assert.Equal("alice published post 1\n", run.Out);
        Assert.Equal("@bob says --hi #dotnet", Assert.Single(_gateway.State.Posts).Text);
    }

    [Fact]
    public async Task Feed_TextOfOthers_CannotSteerTheTerminal()
    {
        _gateway.State.Posts.Enqueue(("mallory", "\u001b[2Jgone [red]markup[/] \u202Etxt"));

        var run = await RunAsync("feed", "alice");

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Out);
        Assert.DoesNotContain('\u202E', run.Out);
        Assert.Contains("[red]markup[/]", run.Out, StringComparison.Ordinal);
        Assert.Equal("note: incomplete: follows (DEPENDENCY_UNAVAILABLE)\n", run.Error);
    }

    [Fact]
    public async Task Feed_OutputThatIsNoTerminal_IsALineAnEntry()
    {
        _gateway.State.Posts.Enqueue(("bob", "first line\nsecond line"));
        _gateway.State.Posts.Enqueue(("bartholomew", new string('x', 500)));

        var run = await RunAsync("feed", "alice");

        Assert.Equal(3, run.Lines.Count);
        Assert.Matches("^TIME +AUTHOR +WHY +POST +TEXT$", run.Lines[0]);
        Assert.EndsWith(new string('x', 500), run.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith("first line second line", run.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_AnyRole_IsPrintedAlone()
    {
        var run = await RunAsync("token", "alice", "--role", "service");

        Assert.Equal("service alice\n", run.Out);
    }

    [Fact]
    public async Task Token_GatewayThatMintsNone_SaysSo()
    {
        _gateway.State.MintsTokens = false;

        var run = await RunAsync("feed", "alice");

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.StartsWith("error: NO_DEVELOPMENT_TOKENS: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_TokenOfSomebodyElse_IsSentAndRefused()
    {
        _gateway.State.MintsTokens = false;

        var run = await CliRun.RunAsync(
            ["feed", "alice", "--grpc", _gateway.Grpc, "--http", _gateway.Http],
            new() { [GlobalOptions.TokenVariable] = "member bob" }
        );

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal("error: ACTING_FOR_ANOTHER: a member acts only as itself\n", run.Error);
    }

    [Fact]
    public async Task Help_TokenInTheEnvironment_IsNotShown()
    {
        var run = await CliRun.RunAsync(
            ["feed", "--help"],
            new() { [GlobalOptions.TokenVariable] = "secret" }
        );

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("secret", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, "serving")]
    [InlineData(false, 3, "not serving")]
    public async Task Status_Health_IsTheExitCode(bool healthy, int exitCode, string text)
    {
        _gateway.State.Healthy = healthy;

        var run = await RunAsync("status");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith(text, run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("feed", "alice")]
    [InlineData("token", "alice")]
    public async Task AnyCommand_GatewayNotThere_Exits3(params string[] args)
    {
        var run = await CliRun.RunAsync([
            .. args,
            "--http",
            "http://127.0.0.1:1",
            "--grpc",
            "http://127.0.0.1:1",
        ]);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.StartsWith("error: GATEWAY_UNREACHABLE: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task AnyCommand_GrpcNotThere_Exits3()
    {
        var run = await CliRun.RunAsync([
            "feed",
            "alice",
            "--http",
            _gateway.Http,
            "--grpc",
            "http://127.0.0.1:1",
        ]);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.StartsWith("error: GATEWAY_UNREACHABLE: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_ServiceBehindTheGatewayDown_Exits3WithItsReason()
    {
        _gateway.State.Before = (_, _) =>
            throw Refusals.Of(ErrorReason.DependencyUnavailable, "connections is away");

        var run = await RunAsync("feed", "alice");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Equal("error: DEPENDENCY_UNAVAILABLE: connections is away\n", run.Error);
    }

    [Theory]
    [InlineData]
    [InlineData("nonsense")]
    [InlineData("connect", "alice")]
    [InlineData("token", "alice", "--role", "king")]
    [InlineData("feed", "alice", "--order", "best")]
    [InlineData("feed", "alice", "--limit", "-1")]
    [InlineData("feed", "alice", "--limit", "many")]
    [InlineData("feed", "alice", "--timeout", "0")]
    [InlineData("feed", "alice", "--grpc", "localhost:8081")]
    [InlineData("follow", "alice", "planet:earth")]
    [InlineData("invitations", "alice", "--sent", "--received")]
    [InlineData("import")]
    [InlineData("import", "--edges", "x", "--concurrency", "0")]
    public async Task AnyCommand_WrongUsage_Exits2(params string[] args)
    {
        var run = await CliRun.RunAsync(args);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith("error: INVALID_USAGE: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("token")]
    [InlineData("connect")]
    [InlineData("accept")]
    [InlineData("decline")]
    [InlineData("withdraw")]
    [InlineData("disconnect")]
    [InlineData("connections")]
    [InlineData("invitations")]
    [InlineData("degree")]
    [InlineData("follow")]
    [InlineData("unfollow")]
    [InlineData("following")]
    [InlineData("followers")]
    [InlineData("message")]
    [InlineData("messages")]
    [InlineData("post")]
    [InlineData("feed")]
    [InlineData("import")]
    [InlineData("verify")]
    public async Task Help_EveryCommand_IsThere(string command)
    {
        var run = await CliRun.RunAsync([command, "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"platformctl {command}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_Interrupted_Exits130()
    {
        using var stop = new CancellationTokenSource();
        var answer = new TaskCompletionSource();
        _gateway.State.Before = async (_, _) =>
        {
            await stop.CancelAsync();
            await answer.Task;
        };

        var run = await CliRun.RunAsync(
            ["feed", "alice", "--grpc", _gateway.Grpc, "--http", _gateway.Http],
            stop: stop.Token
        );
        answer.SetResult();

        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.StartsWith("error: INTERRUPTED: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ThenAgainThenVerify_AgreesAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        var edges = Write(folder, "# three friends\na b\nb c\nc a\n");

        var first = await RunAsync("import", "--edges", edges, "--json");
        var mutations = _gateway.State.Book.Mutations;
        var second = await RunAsync("import", "--edges", edges, "--json");
        var verify = await RunAsync("verify", "--edges", edges);

        Assert.Equal(0, first.ExitCode);
        using var summary = JsonDocument.Parse(Assert.Single(first.Lines));
        Assert.Equal(3, summary.RootElement.GetProperty("members").GetInt32());
        Assert.Equal(3, summary.RootElement.GetProperty("connected_now").GetInt32());
        Assert.Equal(0, summary.RootElement.GetProperty("errors").GetArrayLength());
        Assert.Equal(0, second.ExitCode);
        using var again = JsonDocument.Parse(Assert.Single(second.Lines));
        Assert.Equal(3, again.RootElement.GetProperty("already_there").GetInt32());
        Assert.Equal(mutations, _gateway.State.Book.Mutations);
        Assert.Equal(0, verify.ExitCode);
        Assert.Contains("agrees with the file", verify.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_JunkLines_AreReportedAndTheRestIsImported()
    {
        using var folder = new TemporaryFolder();
        var edges = Write(folder, "a b\nwhat is this\nb c\n");

        var run = await RunAsync("import", "--edges", edges);

        Assert.Equal(ExitCode.Partial, run.ExitCode);
        Assert.Contains("line 2: expected two member ids", run.Error, StringComparison.Ordinal);
        Assert.Matches(@"lines that are no edge +1\n", run.Out);
        Assert.Equal(["a", "c"], _gateway.State.Book.ConnectionsOf("b"));
    }

    [Fact]
    public async Task Import_RefusedEdge_IsCountedByReason()
    {
        using var folder = new TemporaryFolder();
        var edges = Write(folder, "a b\nb c\n");
        _gateway.State.Before = (method, number) =>
            method.EndsWith("SendInvitation", StringComparison.Ordinal) && number == 3
                ? throw Refusals.Of(ErrorReason.NotInvitable, "not now")
                : Task.CompletedTask;

        var run = await RunAsync("import", "--edges", edges, "--concurrency", "1");

        Assert.Equal(ExitCode.Partial, run.ExitCode);
        Assert.Matches(@"NOT_INVITABLE +1  not now\n", run.Out);
        Assert.Matches(@"connected now +1\n", run.Out);
    }

    [Theory]
    [InlineData("# nothing\n", "NO_EDGES")]
    [InlineData(null, "FILE_NOT_FOUND")]
    public async Task Import_NothingToRead_Exits2(string? content, string reason)
    {
        using var folder = new TemporaryFolder();
        var edges = content is null ? folder.File("missing.edges") : Write(folder, content);

        var run = await RunAsync("import", "--edges", edges);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains($"error: {reason}: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Interrupted_SumsUpAndExits130AndGoesOnNextTime()
    {
        using var folder = new TemporaryFolder();
        var edges = Write(
            folder,
            string.Concat(Enumerable.Range(0, 50).Select(i => $"hub m{i}\n"))
        );
        using var stop = new CancellationTokenSource();
        _gateway.State.Before = async (_, number) =>
        {
            if (number == 20)
            {
                await stop.CancelAsync();
            }
        };

        var run = await CliRun.RunAsync(
            [
                "import",
                "--edges",
                edges,
                "--json",
                "--concurrency",
                "2",
                "--grpc",
                _gateway.Grpc,
                "--http",
                _gateway.Http,
            ],
            stop: stop.Token
        );
        var next = await RunAsync("import", "--edges", edges);

        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        using var summary = JsonDocument.Parse(Assert.Single(run.Lines));
        Assert.True(summary.RootElement.GetProperty("interrupted").GetBoolean());
        Assert.True(summary.RootElement.GetProperty("not_tried").GetInt32() > 0);
        Assert.Equal(0, summary.RootElement.GetProperty("failed").GetInt32());
        Assert.Contains("run it again to go on", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, next.ExitCode);
        Assert.Equal(50, _gateway.State.Book.ConnectionsOf("hub").Count);
        Assert.Equal(100, _gateway.State.Book.Mutations);
    }

    [Fact]
    public async Task Verify_Differs_NamesTheMembersAndExits4()
    {
        using var folder = new TemporaryFolder();
        _gateway.State.Book.Accept("b", _gateway.State.Book.Invite("a", "b").InvitationId);

        var run = await RunAsync("verify", "--edges", Write(folder, "a b\nb c\n"));

        Assert.Equal(ExitCode.Partial, run.ExitCode);
        Assert.Contains("b: 2 in the file, 1 on the platform", run.Out, StringComparison.Ordinal);
        Assert.Contains("c: 1 in the file, 0 on the platform", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyDegrees_OfWhatWasImported_AgreesElseNamesTheMembersAndExits4()
    {
        using var folder = new TemporaryFolder();
        var edges = Write(folder, "a b\nb c\nc d\nd e\n");
        await RunAsync("import", "--edges", edges);

        var agrees = await RunAsync("verify", "--edges", edges, "--degrees", "a");
        var unknown = await RunAsync("verify", "--edges", edges, "--degrees", "nobody");
        _gateway.State.Book.Remove("c", "d");
        var differs = await RunAsync("verify", "--edges", edges, "--degrees", "a");

        Assert.Equal((0, ""), (agrees.ExitCode, agrees.Error));
        Assert.StartsWith(
            "members   5 of 5 are as far from a as in the file\n"
                + "degrees   1 first, 1 second, 1 third, 1 out of network\n"
                + "agrees with the file, ",
            agrees.Out,
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.BadInput, unknown.ExitCode);
        Assert.Contains("NOT_IN_FILE", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Partial, differs.ExitCode);
        Assert.Contains(
            "d: 3 in the file, out of network on the platform",
            differs.Out,
            StringComparison.Ordinal
        );
    }

    private static string Write(TemporaryFolder folder, string content)
    {
        var path = folder.File("graph.edges");
        File.WriteAllText(path, content);
        return path;
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.AgainstAsync(_gateway, args);
}
