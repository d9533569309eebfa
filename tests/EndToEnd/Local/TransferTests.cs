using System.Globalization;
using Platform.Ctl.Cli;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The whole graph from one installation to another, with the program that people use.</summary>
public sealed class TransferTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<LocalProcess> _processes = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task Export_ImportedElsewhere_ExportsTheSameAgain()
    {
        var source = await StartAsync("source");
        var target = await StartAsync("target");
        await GrowAsync(source);
        var first = _folder.File("first.jsonl");
        var second = _folder.File("second.jsonl");

        Assert.Equal(0, (await source("export", "--out", first)).Code);
        var import = await target("import", "--graph", first);
        Assert.True(import.Code == 0, import.Output + import.Error);
        Assert.Equal(0, (await target("export", "--out", second)).Code);

        var exported = await File.ReadAllTextAsync(first, Cancel);
        Assert.Equal(exported, await File.ReadAllTextAsync(second, Cancel));
        foreach (var state in new[] { "PENDING", "CONNECTED", "DECLINED", "WITHDRAWN", "REMOVED" })
        {
            Assert.Contains($"\"RELATIONSHIP_STATE_{state}\"", exported, StringComparison.Ordinal);
        }
        Assert.Contains("Grüße, \\\"bob\\\" \\uD83C\\uDF89", exported, StringComparison.Ordinal);
        Assert.Contains("カフェ", exported, StringComparison.Ordinal);
        var lines = exported.Split('\n');
        Assert.True(lines.Count(line => line.Contains("\"type\":\"relationship\"")) > 400);
        var follows = lines.Where(line => line.Contains("\"follower_id\":\"fan\"")).ToList();
        Assert.Equal(120, follows.Count);
        // the times of the newest are kept, and moved
        Assert.Equal(100, follows.Count(line => line.Contains("\"follow_time\"")));

        Assert.Equal(2, lines.Count(line => line.Contains("\"type\":\"recommendation\"")));
        var profile = await target("recommendation", "list", "bob", "--as", "w1");
        Assert.Contains("Grüße", profile.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Kürzer", profile.Output, StringComparison.Ordinal);
        Assert.Contains(
            "declined",
            (await target("recommendation", "list", "bob", "--written")).Output,
            StringComparison.Ordinal
        );

        Assert.Contains("\"settings\":1,", lines[^2], StringComparison.Ordinal);
        Assert.Contains(
            "list of connections: only-me",
            (await target("settings", "bob")).Output,
            StringComparison.Ordinal
        );
        Assert.Contains("b2", (await target("blocks", "b1")).Output, StringComparison.Ordinal);
        Assert.Contains(
            "BLOCK_TOO_SOON",
            (await target("block", "b2", "b1")).Error,
            StringComparison.Ordinal
        );

        // behaviour moves along: a cool-down still bars, a pending invitation can still be accepted
        var barred = await target("connect", "w1", "w2");
        Assert.Contains("COOL_DOWN", barred.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await target("accept", "p2", "p1")).Code);
        var followers = await target("followers", "fan-of-fan");
        Assert.Contains("fan", followers.Output, StringComparison.Ordinal);

        // what was changed since is left alone, and told; the rest was there already
        var again = await target("import", "--graph", first, "--json");
        Assert.Equal(4, again.Code);
        Assert.Contains("\"stored\":0", again.Output, StringComparison.Ordinal);
        Assert.Contains("\"failed\":1", again.Output, StringComparison.Ordinal);
        Assert.Contains("IMPORT_CONFLICT", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WithoutTheRole_IsRefused()
    {
        var source = await StartAsync("source");
        var token = (await source("token", "alice", "--role", "service")).Output.Trim();

        var export = await source("export", "--token", token);

        Assert.Equal(1, export.Code);
        Assert.Contains("ROLE_REQUIRED", export.Error, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task GrowAsync(Run run)
    {
        // more pairs than one message of the stream holds, and ids where one begins another
        var edges = Enumerable
            .Range(0, 420)
            .Select(index =>
                string.Create(CultureInfo.InvariantCulture, $"a{index % 20} a{index % 20}-{index}")
            );
        var file = _folder.File("edges.txt");
        await File.WriteAllLinesAsync(file, edges, Cancel);
        await DoAsync("import", "--edges", file);
        await DoAsync("connect", "alice", "bob", "--note", "Grüße, \"bob\" 🎉");
        await DoAsync("accept", "bob", "alice");
        await DoAsync("connect", "p1", "p2", "--note", "pending");
        await DoAsync("connect", "d2", "d1");
        await DoAsync("decline", "d1", "d2", "--reason", "not-now");
        await DoAsync("connect", "w1", "w2");
        await DoAsync("withdraw", "w1", "w2");
        await RecommendAsync();
        await DoAsync("settings", "bob", "--list", "only-me");
        await DoAsync("connect", "b1", "b2");
        await DoAsync("block", "b2", "b1");
        await DoAsync("unblock", "b2", "b1");
        await DoAsync("block", "b1", "b2");
        await DoAsync("disconnect", "a1", "a1-1");
        for (var index = 0; index < 118; index++)
        {
            await DoAsync(
                "follow",
                "fan",
                string.Create(CultureInfo.InvariantCulture, $"star-{index}")
            );
        }
        await DoAsync("follow", "fan", "fan-of-fan");
        await DoAsync("follow", "fan", "gone");
        await DoAsync("unfollow", "fan", "gone");
        await DoAsync("follow", "fan", "hashtag:カフェ");
        await DoAsync("follow", "fan-of-fan", "fan");
        await DoAsync("follow", "bob", "company:acme");
        await DoAsync("follow", "bob", "publisher:news");
        await DoAsync("follow", "alice", "group:climbers");

        async Task RecommendAsync()
        {
            await DoAsync("recommendation", "request", "bob", "alice", "--text", "Would you?");
            await DoAsync(
                "recommendation",
                "write",
                "alice",
                "bob",
                "Grüße",
                "--relationship",
                "x"
            );
            await DoAsync("recommendation", "accept", "bob", "alice");
            await DoAsync("recommendation", "hide", "bob", "alice");
            await DoAsync("recommendation", "show", "bob", "alice");
            await DoAsync("recommendation", "ask-revision", "bob", "alice", "--text", "shorter");
            await DoAsync("recommendation", "withdraw", "bob", "alice", "--request");
            await DoAsync("recommendation", "ask-revision", "bob", "alice");
            await DoAsync("recommendation", "decline", "alice", "bob", "--request");
            await DoAsync("recommendation", "revise", "alice", "bob", "Kürzer");
            await DoAsync("recommendation", "write", "bob", "alice", "taken back");
            await DoAsync("recommendation", "withdraw", "bob", "alice");
            await DoAsync("recommendation", "write", "bob", "alice", "not wanted");
            await DoAsync("recommendation", "decline", "alice", "bob");
        }

        async Task DoAsync(params string[] args)
        {
            var (code, _, error) = await run(args);
            Assert.True(code == 0, $"{string.Join(' ', args)}: {error}");
        }
    }

    private async Task<Run> StartAsync(string name)
    {
        var (http, grpc) = (LocalProcess.FreePort(), LocalProcess.FreePort());
        var (process, _) = await LocalProcess.StartReadyAsync(_folder.File(name), http, grpc);
        _processes.Add(process);
        return async args =>
        {
            using var output = new StringWriter { NewLine = "\n" };
            using var error = new StringWriter { NewLine = "\n" };
            var console = new CliConsole(
                TextWriter.Synchronized(output),
                TextWriter.Synchronized(error),
                outIsTerminal: false,
                errorIsTerminal: false
            );
            var code = await new PlatformCli(console, _ => null, TimeProvider.System).RunAsync(
                [
                    .. args,
                    "--timeout",
                    "60",
                    "--http",
                    string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{http}"),
                    "--grpc",
                    string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{grpc}"),
                ],
                Cancel
            );
            return (code, output.ToString(), error.ToString());
        };
    }

    private delegate Task<(int Code, string Output, string Error)> Run(params string[] args);
}
