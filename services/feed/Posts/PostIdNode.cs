using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Feed.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Posts;

/// <summary>
/// The number of this replica in the ids that it makes, which it holds in the store for a while at a time. Ids are made only while
/// it is held, and not in the last moment of it: so two replicas never make ids with one number, as long as their
/// clocks differ by less than <see cref="Margin"/>.
/// </summary>
public sealed class PostIdNode(
    IPostStore posts,
    PostIdGenerator ids,
    IOptions<PostOptions> options,
    TimeProvider time
) : IDisposable
{
    /// <summary>How long a vanished replica keeps its number.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>So long before its end a lease is not relied on any more.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private const int Nodes = PostId.MaxNode + 1;

    private readonly string _owner = Guid.NewGuid().ToString("n");
    private readonly SemaphoreSlim _gate = new(1, 1);

    // of a clock that is never set back; 0 holds nothing
    private long _holdsSince;
    private int _node;
    private int _term;

    /// <summary>Another number each time that a number was taken which was not held the moment before; 0 before the first.</summary>
    public int Term => Volatile.Read(ref _term);

    /// <summary>Whether ids can be made now.</summary>
    public bool IsHeld =>
        Interlocked.Read(ref _holdsSince) is var since and not 0
        && time.GetElapsedTime(since) < Lease - Margin;

    /// <summary>Returns when ids can be made.</summary>
    /// <exception cref="DomainException"><c>STORE_UNAVAILABLE</c>, also if no number is free.</exception>
    public ValueTask EnsureAsync(CancellationToken cancellationToken) =>
        IsHeld ? ValueTask.CompletedTask : new ValueTask(HoldAsync(cancellationToken));

    /// <summary>Holds a number for another while: the one it has if nobody else took it meanwhile.</summary>
    /// <exception cref="DomainException"><c>STORE_UNAVAILABLE</c>, also if no number is free.</exception>
    public async Task HoldAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            foreach (var node in Candidates())
            {
                // before the question: the lease is not longer than it is believed to be
                var (now, since) = (time.GetUtcNow(), time.GetTimestamp());
                if (await posts.HoldNodeAsync(node, _owner, now, now + Lease, cancellationToken))
                {
                    if (!IsHeld || node != _node)
                    {
                        _node = node;
                        ids.UseNode(node);
                        Interlocked.Increment(ref _term);
                    }
                    Interlocked.Exchange(ref _holdsSince, since);
                    return;
                }
            }
        }
        finally
        {
            _gate.Release();
        }
        Interlocked.Exchange(ref _holdsSince, 0);
        throw new DomainException(
            ErrorReason.StoreUnavailable,
            "Other replicas hold the number for the ids of posts."
        );
    }

    /// <summary>Lets another replica have the number at once.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _holdsSince, 0) != 0)
        {
            await posts.ReleaseNodeAsync(_node, _owner, cancellationToken);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private IEnumerable<int> Candidates()
    {
        if (options.Value.NodeId is { } own)
        {
            return [own];
        }
        // replicas that begin together look in different places
        var first = Interlocked.Read(ref _holdsSince) == 0 ? Random.Shared.Next(Nodes) : _node;
        return Enumerable.Range(first, Nodes).Select(node => node % Nodes);
    }
}
