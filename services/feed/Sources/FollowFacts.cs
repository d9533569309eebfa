using Platform.Feed.Posts;

namespace Platform.Feed.Sources;

/// <summary>What follows said about one viewer since their last change.</summary>
public sealed class FollowFacts
{
    /// <summary>What the viewer follows and mutes.</summary>
    public KnownAnswers<EntityRef, FollowStanding> Standings { get; } = new();

    /// <summary>Of what the viewer follows.</summary>
    public KnownVersion Version { get; } = new();

    /// <summary>Of the answers about others, as they are now.</summary>
    public KeptState State => new(this, Standings.Corrections);
}
