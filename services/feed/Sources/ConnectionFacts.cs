namespace Platform.Feed.Sources;

/// <summary>What connections said about one viewer since the last change that concerns them.</summary>
public sealed class ConnectionFacts
{
    /// <summary>Who is a connection of the viewer.</summary>
    public KnownAnswers<string, bool> Connected { get; } = new();

    /// <summary>Between whom and the viewer a block stands.</summary>
    public KnownAnswers<string, bool> Blocked { get; } = new();

    /// <summary>Of who the viewer's connections are.</summary>
    public KnownVersion Version { get; } = new();

    /// <summary>Of the answers about others, as they are now.</summary>
    public KeptState State => new(this, Connected.Corrections + Blocked.Corrections);
}
