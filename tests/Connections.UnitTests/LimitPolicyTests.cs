using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Connections.Limits;
using Platform.ServiceDefaults.Limits;
using Platform.Testing;

namespace Platform.Tests.Connections.UnitTests;

public sealed class LimitPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_NothingConfigured_IsTheBuiltInTiers()
    {
        var policy = new LimitPolicy();

        Assert.Equal(
            new TierLimits("standard", 100, 500, 30_000, 1_200),
            policy.Of(TierPolicy.DefaultTier)
        );
        Assert.Equal(
            new TierLimits("bulk", null, null, 30_000, 1_200),
            policy.Of(TierPolicy.BulkTier)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody-knows")]
    public void Of_UnknownTier_IsTheDefault(string tier) =>
        Assert.Equal("standard", new LimitPolicy().Of(tier).Tier);

    [Fact]
    public void Of_LayersOnTop_TakeThePlaceOfWhatTheySay()
    {
        var policy = new LimitPolicy(
            new Dictionary<string, TierOptions>
            {
                ["standard"] = new() { PendingInvitations = 50, Blocks = 7 },
                ["premium"] = new() { WeeklyInvitations = 200, Connections = -1 },
                ["silent"] = new() { WeeklyInvitations = 0 },
            },
            new Dictionary<string, TierOptions>
            {
                ["standard"] = new() { Blocks = 8 },
                ["premium"] = new() { WeeklyInvitations = 250 },
            }
        );

        Assert.Equal(new TierLimits("standard", 100, 50, 30_000, 8), policy.Of("standard"));
        // what a tier does not say is the default tier's, also what another layer said of that
        Assert.Equal(new TierLimits("premium", 250, 50, null, 8), policy.Of("premium"));
        Assert.Equal(0, policy.Of("silent").WeeklyInvitations);
        Assert.Null(policy.Of("bulk").PendingInvitations);
    }

    [Theory]
    [InlineData("{", "is not a policy of limits")]
    [InlineData("[]", "is not a policy of limits")]
    [InlineData("null", "names no tiers")]
    [InlineData("{}", "names no tiers")]
    [InlineData("""{"tiers":{"a":{"weeklyInvitation":1}}}""", "is not a policy of limits")]
    [InlineData("""{"tiers":{"a":{"weeklyInvitations":"many"}}}""", "is not a policy of limits")]
    [InlineData("""{"tiers":{"a":{"blocks":-2}}}""", "tiers:a:Blocks must be 0 or more")]
    [InlineData("""{"tiers":{"a":{"weeklyInvitations":5001}}}""", "must be at most 5000")]
    [InlineData("""{"tiers":{"a b":{}}}""", "the name of a tier")]
    [InlineData("""{"tiers":{"a":null}}""", "tiers:a must say limits")]
    public void Validate_BrokenFile_SaysWhatIsWrong(string json, string problem)
    {
        var file = _folder.File("limits.json");
        File.WriteAllText(file, json);

        var problems = new LimitsOptions { PolicyFile = file }
            .Validate()
            .ToList();

        var only = Assert.Single(problems);
        Assert.StartsWith("Limits:PolicyFile ", only, StringComparison.Ordinal);
        Assert.Contains(problem, only, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_WrongSettings_NamesEach()
    {
        var options = new LimitsOptions
        {
            PolicyFile = _folder.File("nowhere.json"),
            PolicyInterval = TimeSpan.Zero,
            Tiers = { ["x"] = new TierOptions { Connections = -5 } },
        };

        Assert.Equal(
            ["Limits:Tiers:x:Connections", "Limits:PolicyInterval", "Limits:PolicyFile"],
            options.Validate().Select(problem => problem.Split(' ')[0])
        );
        Assert.Empty(new LimitsOptions().Validate());
    }

    [Fact]
    public void Reload_NewFile_IsInForceAndABrokenOneChangesNothing()
    {
        var file = _folder.File("limits.json");
        Write("""{ "tiers": { "standard": { "weeklyInvitations": 5, }, } } // a comment""");
        var policy = new LimitPolicySource(
            Options.Create(new LimitsOptions { PolicyFile = file }),
            NullLogger<LimitPolicySource>.Instance
        );
        Assert.Equal(5, policy.Of("").WeeklyInvitations);

        Write("""{ "tiers": { "standard": { "weeklyInvitations": 6 }, "gold": {} } }""");
        Assert.Equal(5, policy.Of("").WeeklyInvitations);
        policy.Reload();
        Assert.Equal(6, policy.Of("").WeeklyInvitations);
        Assert.Equal("gold", policy.Of("gold").Tier);

        Write("{ \"tiers\": ");
        policy.Reload();
        Assert.Equal(6, policy.Of("").WeeklyInvitations);

        File.Delete(file);
        policy.Reload();
        Assert.Equal(6, policy.Of("").WeeklyInvitations);

        Write("""{ "tiers": {} }""");
        policy.Reload();
        Assert.Equal(100, policy.Of("").WeeklyInvitations);
        Assert.Equal("standard", policy.Of("gold").Tier);

        void Write(string json) => File.WriteAllText(file, json);
    }
}
