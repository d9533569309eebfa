namespace Platform.Feed.Posts;

/// <summary>A member, company, hashtag, group or publisher. The id of a hashtag is the normalised tag without <c>#</c>.</summary>
public readonly record struct EntityRef(EntityKind Kind, string Id)
{
    public static EntityRef Member(string id) => new(EntityKind.Member, id);

    public static EntityRef Hashtag(string tag) => new(EntityKind.Hashtag, tag);
}
