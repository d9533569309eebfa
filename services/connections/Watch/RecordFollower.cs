namespace Platform.Connections.Watch;

/// <summary>
/// Something in this process that is kept current by the feed: it gets every change of every pair, as the pair then is, and is
/// told of every look. The feed calls it on one thread, and waits for it.
/// </summary>
internal abstract class RecordFollower
{
    private readonly TaskCompletionSource _joined = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>Completes when the feed gives what comes from then on; fails if it cannot.</summary>
    public Task Joined => _joined.Task;

    /// <summary>A look begins: what is acknowledged by now is visible to it.</summary>
    public abstract void Looking();

    /// <summary>A pair with something new. May come again, also after a look that did not come to its end.</summary>
    public abstract void Give(ChangedPair changed);

    /// <summary>The look came to its end, and everything that it found was given.</summary>
    /// <param name="from">It found the changes after this revision.</param>
    /// <param name="tip">The greatest revision met.</param>
    /// <param name="cursor">Up to where everything was met.</param>
    public abstract void Looked(long from, long tip, RecordCursor cursor);

    public void Join() => _joined.TrySetResult();

    public void Fail(Exception cause) => _joined.TrySetException(cause);
}
