namespace Platform.Feed.Sources;

/// <summary>What connections said about one viewer since the last change that concerns them.</summary>
public sealed class ViewerFacts
{
    private const long Unknown = -1;

    private long _count = Unknown;

    /// <summary>Who is a connection of the viewer.</summary>
    public KnownMembers Connected { get; } = new();

    /// <summary>Between whom and the viewer a block stands.</summary>
    public KnownMembers Blocked { get; } = new();

    /// <summary>How many connections the viewer has; null if it is not known.</summary>
    public long? Count => Interlocked.Read(ref _count) is var count and not Unknown ? count : null;

    /// <summary>Keeps an answer.</summary>
    public void LearnCount(long count) => Interlocked.Exchange(ref _count, count);
}
