using Microsoft.Extensions.DependencyInjection;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Follows;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>
/// The follows service on a real Kestrel over Garnet in memory, with the real connections service on SQLite; one for a class of
/// tests.
/// </summary>
public sealed class FollowsServer : IAsyncLifetime
{
    private readonly EmbeddedGarnet _garnet = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());
    private readonly TestIdentity _identity = new();
    private readonly TemporaryFolder _folder = new();
    private RunningService? _service;
    private RunningService? _connections;

    public RunningService Service => _service ?? throw new InvalidOperationException("not started");

    public TestIdentity Identity => _identity;

    public RunningService Connections =>
        _connections ?? throw new InvalidOperationException("not started");

    public FollowsOperationsService.FollowsOperationsServiceClient AsOperator =>
        new(Service.AsOperator());

    public FollowSettingsService.FollowSettingsServiceClient SettingsOf(string member) =>
        new(Service.As(member));

    public IFollowStore Store => Service.Services.GetRequiredService<IFollowStore>();

    public FollowsService.FollowsServiceClient As(string member) => new(Service.As(member));

    public FollowsService.FollowsServiceClient AsService => new(Service.AsService());

    /// <summary>An id that no other test uses.</summary>
    public static string NewId() => $"m-{Guid.NewGuid():n}";

    public async ValueTask InitializeAsync()
    {
        _connections = await RunningService.StartAsync(
            ConnectionsApp.Build,
            _identity,
            [new("Storage:Path", _folder.File("connections.db"))]
        );
        _service = await StartReplicaAsync();
    }

    /// <summary>One more replica, on the same stores.</summary>
    public Task<RunningService> StartReplicaAsync(
        params IEnumerable<KeyValuePair<string, string?>> settings
    ) =>
        RunningService.StartAsync(
            FollowsApp.Build,
            _identity,
            new Dictionary<string, string?>
            {
                ["Redis:ConnectionString"] = _garnet.ConnectionString,
                ["Redis:CommandTimeout"] = "00:00:30",
                ["Follows:JournalSweepInterval"] = "00:00:00.200",
                ["Follows:JournalGrace"] = "00:00:00.100",
                ["Follows:ErasureInterval"] = "00:00:00.200",
                ["Follows:WatchInterval"] = "00:00:00.020",
                // the machine of a test may be busy with something else
                ["Follows:ConnectionsTimeout"] = "00:00:20",
                ["Services:Connections:Address"] = Connections.Address,
            }
                .Where(preset => settings.All(setting => setting.Key != preset.Key))
                .Concat(settings)
        );

    /// <summary>Connects two members.</summary>
    public async Task ConnectAsync(string first, string second)
    {
        var sent = await new InvitationsService.InvitationsServiceClient(
            Connections.As(first)
        ).SendInvitationAsync(new SendInvitationRequest { InviteeId = second });
        await new InvitationsService.InvitationsServiceClient(
            Connections.As(second)
        ).AcceptInvitationAsync(
            new AcceptInvitationRequest { InvitationId = sent.Invitation.InvitationId }
        );
    }

    /// <summary>A member blocks another; returns when follows has heard of it.</summary>
    public async Task BlockAsync(string blocker, string other)
    {
        await new BlocksService.BlocksServiceClient(Connections.As(blocker)).BlockMemberAsync(
            new BlockMemberRequest { OtherId = other }
        );
        await Eventually.HoldsAsync(
            "the block is applied",
            async () =>
                (await IsBlockedAsync(blocker, other)) && await IsBlockedAsync(other, blocker)
        );
    }

    /// <summary>The block is lifted; returns when follows has heard of it.</summary>
    public async Task UnblockAsync(string blocker, string other)
    {
        await new BlocksService.BlocksServiceClient(Connections.As(blocker)).UnblockMemberAsync(
            new UnblockMemberRequest { OtherId = other }
        );
        await Eventually.HoldsAsync(
            "the lifted block is applied",
            async () =>
                !await IsBlockedAsync(blocker, other) && !await IsBlockedAsync(other, blocker)
        );
    }

    public async Task<bool> IsBlockedAsync(string member, string other) =>
        (
            await Service
                .Services.GetRequiredService<IMemberStore>()
                .AreBlockedAsync(member, [other], CancellationToken.None)
        )[0];

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        if (_connections is not null)
        {
            await _connections.DisposeAsync();
        }
        _folder.Dispose();
        await _garnet.DisposeAsync();
        _identity.Dispose();
    }
}
