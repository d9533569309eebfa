using System.Text.Json;
using Platform.Ctl.Cli;
using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The scenarios of follows on deploy/local, and the command line against it.</summary>
public sealed class LocalFollowScenarios(LocalFixture local) : FollowScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => Task.FromResult(local.Platform);

    [Fact]
    public async Task Platformctl_FollowsOfThreeKinds_AreListedMutedAndVerified()
    {
        var (ann, bob) = ($"ann-{Guid.NewGuid():n}", $"bob-{Guid.NewGuid():n}");
        foreach (var target in new[] { bob, "company:acme", "hashtag:#Café" })
        {
            await RunAsync("follow", ann, target);
        }

        var following = await RunAsync("following", ann, "--json");
        var followers = await RunAsync("followers", bob, "--json");
        await RunAsync("mute", ann, bob, "--scope", "posts", "--hours", "2");
        var muted = await RunAsync("muted", ann, "--json");
        var notBack = await RunAsync("follows", "not-back", ann, "--json");
        var quota = await RunAsync("follows", "quota", ann, "--json");
        var settings = await RunAsync("follows", "settings", bob, "--audience", "nobody");
        var verify = await RunAsync("follows", "verify", ann, "--repair", "--json");
        await RunAsync("unmute", ann, bob);
        await RunAsync("follows", "remove-follower", bob, ann);
        await RunAsync("unfollow", ann, "company:acme");
        var left = await RunAsync("following", ann, "--json");
        var erase = await RunAsync("follows", "erase", ann, "--json");

        Assert.Equal(
            [("member", bob), ("company", "acme"), ("hashtag", "café")],
            following.Select(line => (Text(line, "kind"), Text(line, "id")))
        );
        Assert.Equal(ann, Text(Assert.Single(followers), "member_id"));
        Assert.Equal(
            (bob, "posts"),
            (Text(Assert.Single(muted), "entity"), Text(muted[0], "scope"))
        );
        Assert.Equal(bob, Text(Assert.Single(notBack), "member_id"));
        Assert.Contains("\"remaining\":7497", quota[0], StringComparison.Ordinal);
        Assert.Contains("may follow: nobody", settings);
        Assert.Equal("""{"checked":3,"found":0,"repaired":0}""", Assert.Single(verify));
        Assert.Equal("café", Text(Assert.Single(left), "id"));
        Assert.Contains("\"follows_ended\":1", erase[0], StringComparison.Ordinal);
    }

    private static string Text(string json, string field)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(field).GetString()!;
    }

    private async Task<IReadOnlyList<string>> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var console = new CliConsole(output, error, outIsTerminal: false, errorIsTerminal: false);
        var code = await new PlatformCli(console, _ => null, TimeProvider.System).RunAsync(
            [.. args, "--grpc", local.GrpcAddress, "--http", local.HttpAddress],
            TestContext.Current.CancellationToken
        );
        Assert.True(code == 0, $"{string.Join(' ', args)}: {error}");
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
