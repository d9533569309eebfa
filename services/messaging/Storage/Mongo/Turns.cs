namespace Platform.Messaging.Storage.Mongo;

/// <summary>
/// Lets the writers of one conversation in one process wait for one another, instead of all trying at once for a swap that one
/// of them wins. No more than a courtesy: other processes do not take part, and the swap alone decides.
/// </summary>
internal sealed class Turns
{
    // conversations that share one wait for each other needlessly; a semaphore takes some 100 bytes
    private const int Stripes = 1024;

    private readonly SemaphoreSlim[] _stripes =
    [
        .. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1)),
    ];

    /// <summary>Runs a change once those before it are done.</summary>
    public async Task<T> TakeAsync<T>(
        string conversationId,
        Func<Task<T>> change,
        CancellationToken cancellationToken
    )
    {
        var stripe = _stripes[
            (uint)string.GetHashCode(conversationId, StringComparison.Ordinal) % Stripes
        ];
        await stripe.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await change().ConfigureAwait(false);
        }
        finally
        {
            stripe.Release();
        }
    }
}
