using System.Collections.Concurrent;

namespace Platform.Gateway.Forwarding;

/// <summary>A token that is cancelled after a time or with another token. The sources are used again: there is one a call.</summary>
internal readonly struct TimeLimit : IDisposable
{
    private const int MaxKept = 1024;

    private static readonly ConcurrentQueue<CancellationTokenSource> Kept = new();

    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;

    private TimeLimit(CancellationTokenSource source, CancellationTokenRegistration registration) =>
        (_source, _registration) = (source, registration);

    /// <summary>The token.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Begins one.</summary>
    public static TimeLimit Start(TimeSpan time, CancellationToken cancellationToken)
    {
        if (!Kept.TryDequeue(out var source))
        {
            source = new CancellationTokenSource();
        }
        source.CancelAfter(time);
        return new TimeLimit(
            source,
            cancellationToken.UnsafeRegister(
                static source => ((CancellationTokenSource)source!).Cancel(),
                source
            )
        );
    }

    /// <summary>Ends it; nobody may hold its token any more.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        if (Kept.Count < MaxKept && _source.TryReset())
        {
            Kept.Enqueue(_source);
        }
        else
        {
            _source.Dispose();
        }
    }
}
