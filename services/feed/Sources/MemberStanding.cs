namespace Platform.Feed.Sources;

/// <summary>What is proved to stand between a viewer and another member.</summary>
public enum MemberStanding
{
    /// <summary>Connections did not answer: a block may stand.</summary>
    Unproven,

    /// <summary>Neither a connection nor a block.</summary>
    None,

    /// <summary>They are first-degree connections.</summary>
    Connected,

    /// <summary>One blocks the other.</summary>
    Blocked,
}
