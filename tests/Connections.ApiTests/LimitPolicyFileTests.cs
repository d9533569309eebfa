using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>The policy of limits in a file, as a running service reads it.</summary>
public sealed class LimitPolicyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TestIdentity _identity;

    public LimitPolicyFileTests() => _identity = new TestIdentity(_time);

    public void Dispose()
    {
        _identity.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task PolicyFile_Changed_CountsWithoutARestart()
    {
        Write("""{ "tiers": { "standard": { "weeklyInvitations": 5 } } }""");
        await using var service = await StartAsync();
        Assert.Equal(5, await WeeklyLimitAsync(service));

        Write("""{ "tiers": { "standard": { "weeklyInvitations": 7 } } }""");
        await AwaitLimitAsync(service, 7);

        // what is broken changes nothing, and what mends it does
        Write("""{ "tiers": { "standard": { "weeklyInvitations": "eight" } } }""");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(7, await WeeklyLimitAsync(service));
        Write("""{ "tiers": { "standard": { "weeklyInvitations": 8 } } }""");
        await AwaitLimitAsync(service, 8);
    }

    [Fact]
    public async Task PolicyFile_BrokenAtStart_RefusesToStart()
    {
        Write("""{ "tiers": { "standard": { "weeklyInvitations": -7 } } }""");

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(StartAsync);

        Assert.StartsWith(
            "Limits:PolicyFile ",
            Assert.Single(refusal.Failures),
            StringComparison.Ordinal
        );
    }

    private void Write(string json) => File.WriteAllText(_folder.File("limits.json"), json);

    private Task<RunningService> StartAsync() =>
        RunningService.StartAsync(
            ConnectionsApp.Build,
            _identity,
            [
                new("Storage:Path", _folder.File("connections.db")),
                new("Limits:PolicyFile", _folder.File("limits.json")),
            ],
            _time
        );

    private Task AwaitLimitAsync(RunningService service, long limit) =>
        Eventually.HoldsAsync(
            $"the limit is {limit}",
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return await WeeklyLimitAsync(service) == limit;
            }
        );

    private static async Task<long> WeeklyLimitAsync(RunningService service) =>
        (
            await new InvitationsService.InvitationsServiceClient(
                service.As("ann")
            ).GetInvitationQuotaAsync(new GetInvitationQuotaRequest())
        )
            .Quotas[0]
            .Limit;
}
