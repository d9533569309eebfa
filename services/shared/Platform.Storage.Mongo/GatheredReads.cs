using System.Diagnostics;

namespace Platform.Storage.Mongo;

/// <summary>
/// Answers callers that ask at the same time with one query: while as many as allowed are under way, whatever is asked goes with the
/// next one. A query to a server costs about the same for one key as for fifty, so this multiplies the reads by key that a store
/// answers under load, and delays none without. Every key is asked for after its caller came, so reads stay as strong as the query is.
/// </summary>
/// <param name="read">Reads some keys, each once; what it does not find it leaves out.</param>
/// <param name="atOnce">Queries at a time.</param>
/// <param name="most">Keys a query.</param>
public sealed class GatheredReads<TKey, TValue>(
    Func<IReadOnlyCollection<TKey>, Task<IReadOnlyDictionary<TKey, TValue>>> read,
    int atOnce,
    int most
)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Queue<Asked> _waiting = new();
    private int _underWay;

    /// <summary>Reads one; <c>default</c> if it is not there.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; others of the same query get their answers.</exception>
    public Task<TValue?> ReadAsync(TKey key, CancellationToken cancellationToken)
    {
        var asked = new Asked(key);
        lock (_lock)
        {
            _waiting.Enqueue(asked);
            if (_underWay == atOnce)
            {
                return asked.Task.WaitAsync(cancellationToken);
            }
            _underWay++;
        }
        _ = RunAsync();
        return asked.Task.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            // spans of a query go into the trace of the first that waited for it, not of who happened to find nothing under way
            var trace = batch[0].Trace is { IsStopped: false } waiting ? waiting : null;
            if (trace != Activity.Current)
            {
                Activity.Current = trace;
            }
            try
            {
                var found = await read([.. batch.Select(asked => asked.Key).Distinct()])
                    .ConfigureAwait(false);
                foreach (var asked in batch)
                {
                    asked.TrySetResult(found.GetValueOrDefault(asked.Key));
                }
            }
            // told to everybody who asked
            catch (Exception exception)
            {
                foreach (var asked in batch)
                {
                    asked.TrySetException(exception);
                }
            }
        }
    }

    private List<Asked> Take()
    {
        lock (_lock)
        {
            var batch = new List<Asked>(Math.Min(most, _waiting.Count));
            while (batch.Count < most && _waiting.TryDequeue(out var asked))
            {
                batch.Add(asked);
            }
            _underWay -= batch.Count == 0 ? 1 : 0;
            return batch;
        }
    }

    private sealed class Asked(TKey key)
        : TaskCompletionSource<TValue?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TKey Key { get; } = key;

        public Activity? Trace { get; } = Activity.Current;
    }
}
