namespace Platform.Storage.Sqlite;

/// <summary>A write that waits for its turn.</summary>
internal abstract class PendingWrite
{
    /// <summary>Whether it is still wanted; from now on it cannot be taken back.</summary>
    public abstract bool TryBegin();

    /// <summary>Does it, within a transaction. What it throws is told to its caller, and not here.</summary>
    /// <returns>Whether it is to be committed.</returns>
    public abstract bool Run(SqliteSession session);

    /// <summary>Tells its caller how it ended: as it ran, or that it was not stored.</summary>
    /// <param name="failure">Why nothing of the transaction was stored; null if it was.</param>
    public abstract void Complete(Exception? failure);
}

/// <summary>The same, with its answer.</summary>
internal sealed class PendingWrite<T>(
    Func<SqliteSession, T> write,
    CancellationToken cancellationToken
) : PendingWrite
{
    // the one who commits goes on with the next writes, not with what others do with their answers
    private readonly TaskCompletionSource<T> _done = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private T? _answer;
    private Exception? _thrown;

    public Task<T> Task => _done.Task;

    public override bool TryBegin()
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
        _done.TrySetCanceled(cancellationToken);
        return false;
    }

    public override bool Run(SqliteSession session)
    {
        try
        {
            _answer = write(session);
            return true;
        }
        catch (Exception exception)
        {
            _thrown = exception;
            return false;
        }
    }

    public override void Complete(Exception? failure)
    {
        if ((_thrown ?? failure) is { } exception)
        {
            _done.TrySetException(exception);
            return;
        }
        _done.TrySetResult(_answer!);
    }
}
