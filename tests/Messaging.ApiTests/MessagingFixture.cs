using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Messaging;
using Platform.Messaging.Storage.Sqlite;
using Platform.Messaging.V1;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.Messaging.ApiTests;

/// <summary>Messaging on real Kestrel with a store of its own, on SQLite, and a connections service that does as it is told.</summary>
public class MessagingFixture : IAsyncLifetime
{
    private readonly TestIdentity _identity = new();
    private readonly TemporaryFolder _folder = new();
    private RunningService? _connections;
    private RunningService? _messaging;
    private KeyValuePair<string, string?>[]? _storage;
    private SqliteDatabase? _database;

    public StubConnections Connections { get; } = new();

    public RunningService Messaging =>
        _messaging ?? throw new InvalidOperationException("Not started.");

    /// <summary>How long the gate waits: longer than a busy machine takes, where a test is not about just that.</summary>
    public TimeSpan GateTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the services are set to, beside where their store is.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Settings { get; init; } = [];

    public TestIdentity Identity => _identity;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _storage = await FindStorageAsync();
        if (_storage is not null)
        {
            _connections = await RunningService.StartAsync(Connections.Build, _identity, []);
            await StartMessagingAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopMessagingAsync();
        await StopConnectionsAsync();
        _folder.Dispose();
        _identity.Dispose();
    }

    /// <summary>Starts messaging, or starts it again on the same store.</summary>
    public async Task RestartMessagingAsync()
    {
        await StopMessagingAsync();
        await StartMessagingAsync();
    }

    public async Task StopMessagingAsync()
    {
        if (_messaging is not null)
        {
            await _messaging.DisposeAsync();
            _messaging = null;
            _database?.Dispose();
            _database = null;
        }
    }

    /// <summary>The settings of section <c>Storage</c>; null if there is no such store here.</summary>
    protected virtual Task<KeyValuePair<string, string?>[]?> FindStorageAsync() =>
        Task.FromResult<KeyValuePair<string, string?>[]?>([
            new("Storage:Path", _folder.File("messaging.db")),
        ]);

    public async Task StopConnectionsAsync()
    {
        if (_connections is not null)
        {
            await _connections.DisposeAsync();
            _connections = null;
        }
    }

    // A file has one owner, so the replicas of this process share it; on other stores each has its own connection.
    private WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure) =>
        MessagingApp.Build(
            args,
            builder =>
            {
                configure?.Invoke(builder);
                if (builder.Configuration["Storage:Path"] is { } path)
                {
                    _database ??= SqliteMessageStore.Open(path);
                    builder.Services.AddSingleton(_database);
                }
            }
        );

    public MessagingService.MessagingServiceClient As(string member) => new(Messaging.As(member));

    public MessagingService.MessagingServiceClient With(CallInvoker invoker) => new(invoker);

    /// <summary>Connects two members and starts their conversation.</summary>
    public async Task<string> StartPairAsync(string one, string other)
    {
        Connections.Connect(one, other);
        var started = await As(one)
            .StartConversationAsync(
                new StartConversationRequest { OtherMemberIds = { other } },
                cancellationToken: Token
            );
        return started.Conversation.ConversationId;
    }

    public async Task<Message> SendAsync(
        string conversation,
        string sender,
        string text,
        string requestId = ""
    ) =>
        (
            await As(sender)
                .SendMessageAsync(
                    new SendMessageRequest
                    {
                        ConversationId = conversation,
                        Text = text,
                        RequestId = requestId,
                    },
                    cancellationToken: Token
                )
        ).Message;

    public async Task<Message> EditAsync(
        string conversation,
        string member,
        long number,
        string text,
        string requestId = ""
    ) =>
        (
            await As(member)
                .EditMessageAsync(
                    new EditMessageRequest
                    {
                        ConversationId = conversation,
                        Number = number,
                        Text = text,
                        RequestId = requestId,
                    },
                    cancellationToken: Token
                )
        ).Message;

    public async Task<Message> DeleteAsync(string conversation, string member, long number) =>
        (
            await As(member)
                .DeleteMessageAsync(
                    new DeleteMessageRequest { ConversationId = conversation, Number = number },
                    cancellationToken: Token
                )
        ).Message;

    public async Task<IReadOnlyList<string>> TextsAsync(string conversation, string member) =>
        [
            .. (
                await As(member)
                    .ListMessagesAsync(
                        new ListMessagesRequest
                        {
                            ConversationId = conversation,
                            Order = MessageOrder.OldestFirst,
                            PageSize = 100,
                        },
                        cancellationToken: Token
                    )
            ).Messages.Select(message => message.Text),
        ];

    public async Task StartMessagingAsync() => _messaging = await StartReplicaAsync();

    /// <summary>Starts another messaging service on the same store; the caller disposes it.</summary>
    public Task<RunningService> StartReplicaAsync(
        params IEnumerable<KeyValuePair<string, string?>> settings
    ) =>
        RunningService.StartAsync(
            Build,
            _identity,
            [
                .. _storage!,
                new("Services:Connections:Address", _connections!.Address),
                new("Gate:Timeout", GateTimeout.ToString("c")),
                .. Settings,
                .. settings,
            ]
        );
}
