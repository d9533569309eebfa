using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Messaging.Messages;
using Platform.Messaging.Retention;
using Platform.Messaging.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class RetentionWorkerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero)
    );
    private readonly SqliteDatabase _database;
    private readonly SqliteMessageStore _store;
    private readonly MessagingParts _parts;

    public RetentionWorkerTests()
    {
        _database = SqliteMessageStore.Open(_folder.File("messages.db"));
        _store = new SqliteMessageStore(_database, _time);
        _parts = new MessagingParts(_store, new ScriptedGate(), _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Run_MoreThanABatch_DeletesAllThatIsTooOldAndNothingElse()
    {
        var pair = await StartAsync();
        await SendAsync(pair, 5);
        _time.Advance(TimeSpan.FromDays(1));
        await SendAsync(pair, 2);
        _time.Advance(TimeSpan.FromHours(1));

        using var worker = Worker(
            new RetentionOptions { MaxAge = TimeSpan.FromDays(1), BatchSize = 2 }
        );
        Assert.Equal(5, await worker.RunAsync(Token));
        Assert.Equal(0, await worker.RunAsync(Token));

        Assert.Equal([6L, 7], await NumbersAsync(pair));
    }

    [Fact]
    public async Task Start_MaxAge_DeletesAtOnceAndAtEveryInterval()
    {
        var pair = await StartAsync();
        await SendAsync(pair, 1);
        _time.Advance(TimeSpan.FromDays(2));
        await SendAsync(pair, 1);
        using var worker = Worker(new RetentionOptions { MaxAge = TimeSpan.FromDays(1) });

        await worker.StartAsync(Token);
        await Eventually.HoldsAsync(
            "what was too old at the start is deleted",
            async () => await NumbersAsync(pair) is [2]
        );
        await Eventually.HoldsAsync(
            "what has become too old is deleted",
            async () =>
            {
                _time.Advance(TimeSpan.FromDays(1));
                return await NumbersAsync(pair) is [];
            }
        );
        await worker.StopAsync(Token);
    }

    [Fact]
    public async Task Start_NoMaxAge_EndsAndKeepsEverything()
    {
        var pair = await StartAsync();
        await SendAsync(pair, 1);
        _time.Advance(TimeSpan.FromDays(10_000));
        using var worker = Worker(new RetentionOptions());

        await worker.StartAsync(Token);
        await worker.ExecuteTask!;

        Assert.Equal([1L], await NumbersAsync(pair));
    }

    private RetentionWorker Worker(RetentionOptions options) =>
        new(_store, Options.Create(options), _time, NullLogger<RetentionWorker>.Instance);

    private async Task<string> StartAsync() =>
        (await _parts.Conversations.StartAsync("ann", ["bob"], "", "", "", "", Token))
            .Conversation
            .Id;

    private async Task SendAsync(string pair, int count)
    {
        for (var index = 0; index < count; index++)
        {
            await _parts.Messages.SendAsync(
                new AppendRequest(pair, "ann", "", ""),
                "hello",
                [],
                "",
                Token
            );
        }
    }

    private async Task<IReadOnlyList<long>> NumbersAsync(string pair) =>
        [
            .. (
                await _parts.Messages.ListAsync(pair, "bob", 0, newestFirst: false, 100, Token)
            ).Messages.Select(message => message.Number),
        ];
}
