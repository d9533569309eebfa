using Platform.Feed.Posts;

namespace Platform.Feed.Storage;

/// <summary>One source of a home feed.</summary>
/// <param name="Entity">An author or a hashtag.</param>
/// <param name="ConnectionsOnlyToo">Whether posts for connections of the author count.</param>
public readonly record struct PostSource(EntityRef Entity, bool ConnectionsOnlyToo);
