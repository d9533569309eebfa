using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.Network.Graph;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Network;

/// <summary>The graph index that answers, once it is loaded.</summary>
public sealed class NetworkIndex(
    ChangeSignal signal,
    IOptions<NetworkOptions> options,
    TimeProvider time
)
{
    // what is left of the deadline for the refusal to reach the caller
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource _ready = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly long _made = time.GetTimestamp();
    private volatile IndexFollower? _follower;

    /// <summary>Whether it answers.</summary>
    public bool IsReady => _follower is not null;

    /// <summary>Completes when it answers.</summary>
    public Task Ready => _ready.Task;

    /// <summary>The index, to be saved; null while it is loading.</summary>
    public GraphIndex? Graph => _follower?.Graph;

    /// <summary>The graph as it is now.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.NetworkNotReady"/>.</exception>
    public GraphView Current => Follower.Graph.Current;

    /// <summary>How long ago the index last held all that the store held; since the start while it is loading.</summary>
    public TimeSpan Lag => _follower?.SinceLastLook ?? time.GetElapsedTime(_made);

    private IndexFollower Follower =>
        _follower
        ?? throw new DomainException(
            ErrorReason.NetworkNotReady,
            "The graph index is still loading; connection checks are served."
        );

    /// <summary>A graph that holds the change of a revision, and all that was acknowledged before it.</summary>
    /// <param name="revision">The revision; 0 for the graph as it is.</param>
    /// <param name="deadline">The caller's; what it leaves is the longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.NetworkNotReady"/> or <see cref="ErrorReason.RevisionNotReached"/>.
    /// </exception>
    public async ValueTask<GraphView> AtLeastAsync(
        long revision,
        DateTimeOffset deadline,
        CancellationToken cancellationToken
    )
    {
        var follower = Follower;
        if (revision > follower.Graph.Settled)
        {
            // A look that began after the caller came finds whatever was acknowledged before, if it goes back far enough. To
            // have met a greater revision is not enough: on MongoDB changes become visible only almost in their order.
            await WaitForLookAsync(
                    follower,
                    look =>
                        (look.Tip >= revision && look.From < revision)
                        || follower.Graph.Settled >= revision,
                    deadline,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        return follower.Graph.Current;
    }

    /// <summary>A graph after one more look at the record of changes.</summary>
    /// <param name="deadline">The caller's; what it leaves is the longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DomainException">As <see cref="AtLeastAsync"/>.</exception>
    public async Task<GraphView> NextAsync(
        DateTimeOffset deadline,
        CancellationToken cancellationToken
    )
    {
        var follower = Follower;
        await WaitForLookAsync(follower, _ => true, deadline, cancellationToken)
            .ConfigureAwait(false);
        return follower.Graph.Current;
    }

    /// <summary>Answers from an index from now on.</summary>
    internal void Serve(IndexFollower follower)
    {
        _follower = follower;
        _ready.TrySetResult();
    }

    private async Task WaitForLookAsync(
        IndexFollower follower,
        Predicate<IndexFollower.Look> isEnough,
        DateTimeOffset deadline,
        CancellationToken cancellationToken
    )
    {
        var begun = follower.LooksBegun;
        var started = time.GetTimestamp();
        var wait = Longest(deadline);
        signal.Raise();
        while (true)
        {
            var next = follower.LookEnded.Next;
            var look = follower.LastLook;
            if (look.Number > begun && isEnough(look))
            {
                return;
            }
            var left = wait - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw new DomainException(
                    ErrorReason.RevisionNotReached,
                    "The graph index has not reached the revision in time."
                );
            }
            await next.WaitAsync(left, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private TimeSpan Longest(DateTimeOffset deadline)
    {
        var most = options.Value.RevisionWait;
        var left = deadline - time.GetUtcNow();
        left -= left / 4 < AnswerTime ? left / 4 : AnswerTime;
        return left < most ? left : most;
    }
}
