namespace Platform.ServiceDefaults.Watching;

/// <summary>From the record of changes to the feed of what comes, without a gap.</summary>
public static class CatchingUp
{
    /// <summary>
    /// Reads the record, joins the feed, and reads once more: what became visible between the two readings is given by the
    /// second, and perhaps by the feed again.
    /// </summary>
    /// <param name="readAsync">Reads what stands in the record and was not read yet.</param>
    /// <param name="joinAsync">Joins the feed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What the feed gives; the caller disposes of it.</returns>
    public static async Task<TLive> JoinAsync<TLive, T>(
        Func<CancellationToken, Task> readAsync,
        Func<CancellationToken, Task<TLive>> joinAsync,
        CancellationToken cancellationToken
    )
        where TLive : LiveBuffer<T>
    {
        ArgumentNullException.ThrowIfNull(readAsync);
        ArgumentNullException.ThrowIfNull(joinAsync);
        while (true)
        {
            await readAsync(cancellationToken).ConfigureAwait(false);
            var live = await joinAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await readAsync(cancellationToken).ConfigureAwait(false);
                if (live.EndedBy is null)
                {
                    return live;
                }
                // so much was new that it took longer than the buffer lasts: no fault of the watcher
                live.Dispose();
            }
            catch
            {
                live.Dispose();
                throw;
            }
        }
    }
}
