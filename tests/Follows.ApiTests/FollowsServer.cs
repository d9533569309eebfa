using Platform.Follows;
using Platform.Follows.V1;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>The follows service on a real Kestrel over Garnet in memory, one for a class of tests.</summary>
public sealed class FollowsServer : IAsyncLifetime
{
    private readonly EmbeddedGarnet _garnet = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());
    private readonly TestIdentity _identity = new();
    private RunningService? _service;

    public RunningService Service => _service ?? throw new InvalidOperationException("not started");

    public TestIdentity Identity => _identity;

    public FollowsService.FollowsServiceClient As(string member) => new(Service.As(member));

    public FollowsService.FollowsServiceClient AsService => new(Service.AsService());

    /// <summary>An id that no other test uses.</summary>
    public static string NewId() => $"m-{Guid.NewGuid():n}";

    public async ValueTask InitializeAsync() =>
        _service = await RunningService.StartAsync(
            FollowsApp.Build,
            _identity,
            [
                new("Redis:ConnectionString", _garnet.ConnectionString),
                new("Redis:CommandTimeout", "00:00:30"),
                new("Follows:JournalSweepInterval", "00:00:00.200"),
                new("Follows:JournalGrace", "00:00:00.100"),
            ]
        );

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        await _garnet.DisposeAsync();
        _identity.Dispose();
    }
}
