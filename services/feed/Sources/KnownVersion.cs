namespace Platform.Feed.Sources;

/// <summary>The version of a list, once it was asked for.</summary>
public sealed class KnownVersion
{
    private const long Unknown = -1;

    private long _version = Unknown;

    /// <summary>Null if it is not known.</summary>
    public long? Value =>
        Interlocked.Read(ref _version) is var version and not Unknown ? version : null;

    /// <summary>Keeps an answer.</summary>
    public void Learn(long version) => Interlocked.Exchange(ref _version, version);
}
