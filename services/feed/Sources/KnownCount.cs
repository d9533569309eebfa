namespace Platform.Feed.Sources;

/// <summary>A count, once it was asked for.</summary>
public sealed class KnownCount
{
    private const long Unknown = -1;

    private long _count = Unknown;

    /// <summary>Null if it is not known.</summary>
    public long? Value => Interlocked.Read(ref _count) is var count and not Unknown ? count : null;

    /// <summary>Keeps an answer.</summary>
    public void Learn(long count) => Interlocked.Exchange(ref _count, count);
}
