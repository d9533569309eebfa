using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Feed.Storage.Sqlite;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Redis;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;
using EntityKind = Platform.Feed.Posts.EntityKind;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>What a replica keeps of a store that others write too</summary>
public sealed class CachedPostsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PostId First = new(1);
    private static readonly PostId Second = new(2);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Start);
    private readonly RedisConnection _redis;
    private readonly SqlitePostStore _store;
    private readonly RedisPostChanges _changes;
    private readonly CachedPosts _posts;
    private Action<string> _beforeStore = _ => { };
    private Action<string> _beforeChanges = _ => { };
    private int _reads;

    public CachedPostsTests(GarnetFixture garnet)
    {
        ArgumentNullException.ThrowIfNull(garnet);
        _redis = garnet.NewConnection($"{Guid.NewGuid():n}:");
        _store = new SqlitePostStore(_folder.File("posts.db"));
        _changes = new RedisPostChanges(_redis);
        _posts = new CachedPosts(
            FaultProxy.Around<IPostStore>(
                _store,
                name =>
                {
                    _reads++;
                    _beforeStore(name);
                }
            ),
            FaultProxy.Around<IPostChanges>(_changes, name => _beforeChanges(name)),
            Options.Create(new PostOptions()),
            _time
        );
    }

    public void Dispose()
    {
        _posts.Dispose();
        _store.Dispose();
        _redis.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    [Fact]
    public async Task GetMany_Again_ReadsNothing()
    {
        await CreateAsync(First, Second);
        await ReadAsync(First);

        Assert.Equal(["text", "text"], await ReadAsync(First, Second));
        Assert.Equal(["text", "text"], await ReadAsync(First, Second));

        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task GetMany_AfterAToldEdit_ShowsItAndKeepsTheOthers()
    {
        await CreateAsync(First, Second);
        // whoever knows of no change yet forgets all with the first
        await _changes.TellAsync(First, default);
        await ReadAsync(First, Second);
        var reads = _reads;

        await EditAsync(First, revision: 1, "other");
        await _changes.TellAsync(First, default);

        Assert.Equal(["text"], await ReadAsync(Second));
        Assert.Equal(reads, _reads);
        Assert.Equal(["other", "text"], await ReadAsync(First, Second));
        Assert.Equal(reads + 1, _reads);
    }

    [Fact]
    public async Task GetMany_AfterAToldDeletion_DoesNotShowIt()
    {
        await CreateAsync(First, Second);
        await _changes.TellAsync(Second, default);
        await ReadAsync(First, Second);
        await _store.DeleteAsync(First, Start, default);
        await _changes.TellAsync(First, default);

        Assert.Equal(["text"], await ReadAsync(First, Second));
    }

    [Fact]
    public async Task GetMany_MoreToldThanIsListed_ForgetsAll()
    {
        await CreateAsync(First);
        await _changes.TellAsync(Second, default);
        await ReadAsync(First);
        await EditAsync(First, revision: 1, "other");
        await _changes.TellAsync(First, default);
        foreach (var _ in Enumerable.Range(0, 500))
        {
            await _changes.TellAsync(Second, default);
        }

        Assert.Equal(["other"], await ReadAsync(First));
    }

    [Fact]
    public async Task GetMany_MoreChangedThanCanBeNamed_ForgetsAll()
    {
        await CreateAsync(First);
        await _changes.TellAsync(Second, default);
        await ReadAsync(First);
        await EditAsync(First, revision: 1, "other");
        await _changes.TellAsync(post: null, default);

        Assert.Equal(["other"], await ReadAsync(First));
    }

    [Fact]
    public async Task GetMany_ChangesAreLost_ForgetsAll()
    {
        await CreateAsync(First);
        await _changes.TellAsync(Second, default);
        await ReadAsync(First);
        await EditAsync(First, revision: 1, "other");
        var database = await _redis.GetDatabaseAsync();
        Assert.True(await database.KeyDeleteAsync($"{_redis.KeyPrefix}feed:px"));

        Assert.Equal(["other"], await ReadAsync(First));
    }

    [Fact]
    public async Task GetMany_ChangesDoNotAnswer_ReadsTheStore()
    {
        await CreateAsync(First);
        await ReadAsync(First);
        await EditAsync(First, revision: 1, "other");
        _beforeChanges = _ => throw new DomainException(ErrorReason.StoreUnavailable, "away");

        Assert.Equal(["other"], await ReadAsync(First));
    }

    [Fact]
    public async Task GetMany_AChangeOvertakesTheRead_IsNotKept()
    {
        await CreateAsync(First);
        var mayUseKept = await _posts.BeginAsync(default);
        _beforeStore = _ =>
        {
            // while this one is about to read, another reading learns of a change
            _beforeStore = _ => { };
            _changes.TellAsync(First, default).GetAwaiter().GetResult();
            _posts.BeginAsync(default).GetAwaiter().GetResult();
        };
        await _posts.GetManyAsync([First], mayUseKept, default);
        var reads = _reads;

        await ReadAsync(First);

        Assert.Equal(reads + 1, _reads);
    }

    [Fact]
    public async Task GetMany_AChangeThatWasNeverTold_ShowsAfterTheCacheTime()
    {
        await CreateAsync(First);
        await ReadAsync(First);
        await EditAsync(First, revision: 1, "other");

        Assert.Equal(["text"], await ReadAsync(First));
        _time.Advance(new PostOptions().CacheTime);
        Assert.Equal(["other"], await ReadAsync(First));
    }

    private async Task CreateAsync(params PostId[] ids)
    {
        foreach (var id in ids)
        {
            await _store.CreateAsync(
                new Post(
                    id,
                    new EntityRef(EntityKind.Member, "ann"),
                    PostKind.Post,
                    "text",
                    [],
                    PostAudience.Everyone,
                    null,
                    Start,
                    null,
                    1
                ),
                request: null,
                default
            );
        }
    }

    private async Task EditAsync(PostId id, int revision, string text) =>
        Assert.Equal(
            UpdateStatus.Updated,
            await _store.UpdateAsync(
                id,
                revision,
                new PostChange(text, [], PostAudience.Everyone, Start, RestartDelivery: false),
                request: null,
                default
            )
        );

    private async Task<IReadOnlyList<string>> ReadAsync(params PostId[] ids)
    {
        var mayUseKept = await _posts.BeginAsync(default);
        var found = await _posts.GetManyAsync(ids, mayUseKept, default);
        return [.. found.OrderBy(post => post.Id).Select(post => post.Text)];
    }
}
