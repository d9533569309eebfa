using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Feed.Storage.Sqlite;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

public sealed class PostIdNodeTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)
    );
    private readonly TemporaryFolder _folder = new();
    private readonly SqlitePostStore _sqlite;
    private readonly IPostStore _store;
    private Action<string> _beforeStore = _ => { };

    public PostIdNodeTests()
    {
        _sqlite = new SqlitePostStore(_folder.File("posts.db"));
        _store = FaultProxy.Around<IPostStore>(_sqlite, name => _beforeStore(name));
    }

    [Fact]
    public async Task Ensure_ManyReplicasWithoutASetting_EachHasItsOwn()
    {
        // as many as there are numbers: whatever each begins with, it must find the one that is left
        var numbers = new HashSet<long>();
        for (var replica = 0; replica <= PostId.MaxNode; replica++)
        {
            var (node, ids) = NewReplica();
            await node.EnsureAsync(default);
            Assert.True(numbers.Add(NodeOf(ids.Next())), "two replicas have one number");
        }
        await AssertRefusedAsync(NewReplica().Node);
    }

    [Fact]
    public async Task Ensure_SettingThatAnotherHolds_RefusesUntilThatOneIsGone()
    {
        var first = NewReplica(7).Node;
        await first.EnsureAsync(default);
        var (second, ids) = NewReplica(7);
        await AssertRefusedAsync(second);
        await first.ReleaseAsync(default);
        await second.EnsureAsync(default);
        Assert.Equal(7, NodeOf(ids.Next()));
        // and the first does not go on
        await AssertRefusedAsync(first);
    }

    [Fact]
    public async Task Ensure_HolderVanished_IsFreeAfterItsLeaseAndNotBefore()
    {
        await NewReplica(7).Node.EnsureAsync(default);
        var second = NewReplica(7).Node;
        _time.Advance(PostIdNode.Lease - TimeSpan.FromSeconds(1));
        await AssertRefusedAsync(second);
        _time.Advance(TimeSpan.FromSeconds(1));
        await second.EnsureAsync(default);
    }

    [Fact]
    public async Task Hold_AgainInTime_KeepsTheNumber()
    {
        var (node, ids) = NewReplica();
        await node.EnsureAsync(default);
        var number = NodeOf(ids.Next());
        for (var round = 0; round < 5; round++)
        {
            _time.Advance(PostIdNode.Lease / 2);
            await node.HoldAsync(default);
            Assert.Equal(number, NodeOf(ids.Next()));
        }
        Assert.Equal(1, node.Term);
    }

    [Fact]
    public async Task Ensure_StoreAway_MakesNoIdsAfterTheLeaseIsNotReliedOnAnyMore()
    {
        var node = NewReplica(7).Node;
        await node.EnsureAsync(default);
        _beforeStore = _ => throw new DomainException(ErrorReason.StoreUnavailable, "Down.");
        _time.Advance(PostIdNode.Lease - PostIdNode.Margin - TimeSpan.FromSeconds(1));
        await node.EnsureAsync(default);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AssertRefusedAsync(node);
        _beforeStore = _ => { };
        await node.EnsureAsync(default);
        Assert.Equal(2, node.Term);
    }

    public void Dispose()
    {
        _sqlite.Dispose();
        _folder.Dispose();
    }

    private (PostIdNode Node, PostIdGenerator Ids) NewReplica(int? setting = null)
    {
        var ids = new PostIdGenerator(_time);
        var options = Options.Create(new PostOptions { NodeId = setting });
        return (new PostIdNode(_store, ids, options, _time), ids);
    }

    private static long NodeOf(PostId id) => (id.Value >> PostId.SequenceBits) & PostId.MaxNode;

    private static async Task AssertRefusedAsync(PostIdNode node)
    {
        var refusal = await Assert.ThrowsAsync<DomainException>(async () =>
            await node.EnsureAsync(default)
        );
        Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
    }
}
