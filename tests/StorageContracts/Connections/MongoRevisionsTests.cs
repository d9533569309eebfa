using Microsoft.Extensions.Time.Testing;
using Platform.Connections.Storage.Mongo;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>How far readers of changes may go on, whatever clocks say; without a server.</summary>
public sealed class MongoRevisionsTests
{
    private const int TieBits = 20;
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = WriteTime + TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Far = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _time = new();
    private readonly SteppingClock _ofThisProcess;
    private readonly MongoRevisions _revisions;

    public MongoRevisionsTests()
    {
        _ofThisProcess = new SteppingClock(_time);
        _revisions = new MongoRevisions(WriteTime, _ofThisProcess);
    }

    private long Settled => _revisions.Settled(long.MaxValue);

    [Fact]
    public void Settled_NothingSeen_IsTheBeginning() => Assert.Equal(0, Settled);

    [Fact]
    public void Settled_AsTimeGoes_FollowsWithoutNewRevisions()
    {
        _revisions.Saw(At(TimeSpan.Zero));
        Assert.Equal(At(-Window), Settled);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(At(-Window), Settled);
    }

    [Fact]
    public void Settled_ClockOfThisProcessAhead_StaysBehindTheServers()
    {
        _revisions.Saw(At(TimeSpan.Zero));

        _ofThisProcess.IsAheadBy = Far;

        // a change of another process that becomes visible late is still to be met
        Assert.Equal(At(-Window), Settled);
    }

    [Fact]
    public void Settled_ServerWasAhead_IsNotLaterThanNow()
    {
        _revisions.Saw(At(Far));

        Assert.Equal(At(-Window), Settled);
    }

    [Fact]
    public void Settled_OfARevision_IsAWindowBefore()
    {
        _revisions.Saw(At(TimeSpan.Zero));

        Assert.Equal(At(-Far - Window), _revisions.Settled(At(-Far)));
    }

    private long At(TimeSpan fromNow) =>
        (_time.GetUtcNow() + fromNow).ToUnixTimeMilliseconds() << TieBits;
}
