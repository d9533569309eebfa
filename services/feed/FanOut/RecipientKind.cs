namespace Platform.Feed.FanOut;

/// <summary>Who receives in a stage of a delivery.</summary>
public enum RecipientKind
{
    /// <summary>The author, whose own posts are in their feed.</summary>
    Author,

    /// <summary>The author's first-degree connections.</summary>
    Connections,

    /// <summary>The followers of the author or of a hashtag.</summary>
    Followers,
}
