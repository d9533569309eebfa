using Platform.Connections;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>The connections service on a real Kestrel with a store of its own, on SQLite.</summary>
public class ConnectionsFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TimeProvider? _time;
    private RunningService? _service;

    public ConnectionsFixture()
        : this(null) { }

    /// <summary>With a clock of the test's.</summary>
    protected ConnectionsFixture(TimeProvider? time)
    {
        _time = time;
        Identity = new TestIdentity(time);
    }

    public TestIdentity Identity { get; }

    public RunningService Service =>
        _service ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        if (await FindStorageAsync() is { } storage)
        {
            _service = await RunningService.StartAsync(
                ConnectionsApp.Build,
                Identity,
                [.. storage, new("Limits:Tiers:few-blocks:Blocks", "3"), .. MoreSettings],
                _time
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        Identity.Dispose();
        _folder.Dispose();
    }

    /// <summary>The settings of section <c>Storage</c>; null if there is no such store here.</summary>
    protected virtual Task<KeyValuePair<string, string?>[]?> FindStorageAsync() =>
        Task.FromResult<KeyValuePair<string, string?>[]?>([
            new("Storage:Path", _folder.File("connections.db")),
        ]);

    /// <summary>What else is set.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> MoreSettings => [];

    public InvitationsService.InvitationsServiceClient Invitations(string member) =>
        new(Service.As(member));

    public ConnectionsService.ConnectionsServiceClient Connections(string member) =>
        new(Service.As(member));

    public RecommendationsService.RecommendationsServiceClient Recommendations(string member) =>
        new(Service.As(member));

    /// <summary>Ids that no other test uses.</summary>
    public static string NewMember(string name) => $"{name}-{Guid.NewGuid():N}";

    public async Task ConnectAsync(string one, string other)
    {
        await Invitations(one).SendInvitationAsync(new SendInvitationRequest { InviteeId = other });
        await Invitations(other).SendInvitationAsync(new SendInvitationRequest { InviteeId = one });
    }
}
