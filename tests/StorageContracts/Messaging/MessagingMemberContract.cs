using Microsoft.Extensions.Time.Testing;
using Platform.Messaging.Members;
using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Mongo;
using Platform.Messaging.Storage.Sqlite;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Storage.Sqlite;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>What <see cref="IMemberStore"/> and <see cref="IRecordPositionStore"/> promise.</summary>
public abstract class MessagingMemberContract : IAsyncLifetime
{
    protected FakeTimeProvider Time { get; } =
        new(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));

    private IMemberStore _members = null!;
    private IRecordPositionStore _positions = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<(IMemberStore, IRecordPositionStore)> OpenAsync();

    protected abstract void Close();

    public async ValueTask InitializeAsync() => (_members, _positions) = await OpenAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Close();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task TryStore_NewAndKnown_OnlyOnTheRevisionThatWasRead()
    {
        var nobody = await _members.GetAsync("ann", Token);
        var first = await _members.TryStoreAsync(
            nobody with
            {
                Settings = new MemberSettings(ReadReceipts: false),
                RecentMutations =
                [
                    new SettingsMutation("r1", "f1", Time.GetUtcNow(), MemberSettings.Default),
                ],
            },
            Token
        );

        var stale = await _members.TryStoreAsync(nobody, Token);
        var second = await _members.TryStoreAsync(
            first! with
            {
                ErasedTime = Time.GetUtcNow(),
            },
            Token
        );
        var again = await _members.TryStoreAsync(first, Token);

        Assert.Equal(0, nobody.Revision);
        Assert.Equal((1, 2), (first.Revision, second!.Revision));
        Assert.Null(stale);
        Assert.Null(again);
        var stored = await _members.GetAsync("ann", Token);
        Assert.Equal(second.ErasedTime, stored.ErasedTime);
        Assert.Equal(new MemberSettings(ReadReceipts: false), stored.Settings);
        Assert.Equal(first.RecentMutations, stored.RecentMutations);
        Assert.Equal(2, stored.Revision);
    }

    [Fact]
    public async Task TryStore_ByManyAtOnce_OneIsStored()
    {
        var stored = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(_ =>
                    Task.Run(() => _members.TryStoreAsync(MemberRecord.Of("ann"), Token), Token)
                )
        );

        Assert.Single(stored, one => one is not null);
    }

    [Fact]
    public async Task Find_OnlyThoseThatAreThere()
    {
        await _members.TryStoreAsync(MemberRecord.Of("ann"), Token);
        await _members.TryStoreAsync(MemberRecord.Of("cid"), Token);

        var found = await _members.FindAsync(["ann", "bob"], Token);

        Assert.Equal(["ann"], found.Select(member => member.MemberId));
        Assert.Empty(await _members.FindAsync([], Token));
    }

    [Fact]
    public async Task Claim_OneHolderAtATime_UntilItLapses()
    {
        var life = TimeSpan.FromSeconds(10);
        var begun = Time.GetUtcNow();

        Assert.True(await _positions.ClaimAsync("a", life, Token));
        Assert.False(await _positions.ClaimAsync("b", life, Token));
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(await _positions.ClaimAsync("a", life, Token));
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(await _positions.ClaimAsync("b", life, Token));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await _positions.ClaimAsync("b", life, Token));
        await _positions.StoreAsync("cursor", Token);

        Assert.Equal(new RecordPosition("cursor", begun), await _positions.ReadAsync(Token));
    }

    [Fact]
    public async Task Position_BeforeAnyClaim_IsNowAndEmpty() =>
        Assert.Equal(new RecordPosition("", Time.GetUtcNow()), await _positions.ReadAsync(Token));
}

/// <summary>The contract on SQLite.</summary>
public sealed class SqliteMessagingMemberTests : MessagingMemberContract
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;

    protected override Task<(IMemberStore, IRecordPositionStore)> OpenAsync()
    {
        _database = SqliteMessageStore.Open(_folder.File("messages.db"));
        return Task.FromResult<(IMemberStore, IRecordPositionStore)>(
            (new SqliteMemberStore(_database), new SqliteRecordPositionStore(_database, Time))
        );
    }

    protected override void Close()
    {
        _database?.Dispose();
        _folder.Dispose();
    }
}

/// <summary>The contract on MongoDB in a container.</summary>
public sealed class MongoMessagingMemberTests(MongoContainer mongo) : MessagingMemberContract
{
    private MongoConnection? _connection;

    protected override async Task<(IMemberStore, IRecordPositionStore)> OpenAsync()
    {
        await mongo.StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");
        _connection = new MongoConnection(
            new StorageOptions
            {
                ConnectionString = mongo.ConnectionString,
                Database = MongoContainer.NewDatabaseName(),
                CommandTimeout = TimeSpan.FromSeconds(30),
            }
        );
        return (new MongoMemberStore(_connection), new MongoRecordPositionStore(_connection, Time));
    }

    protected override void Close() => _connection?.Dispose();
}
