using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;

namespace Platform.Feed.Posts;

/// <summary>Posts and entities on the wire. The enums of both sides have the same numbers.</summary>
public static class PostMapping
{
    // posts are kept for readers, and most are shown many times
    private static readonly ConditionalWeakTable<Post, V1.Post> Made = [];

    /// <summary>One message a post, for as long as that is kept; nobody may change it.</summary>
    public static V1.Post ToSharedProto(Post post) => Made.GetValue(post, ToProto);

    public static V1.Post ToProto(Post post) =>
        new()
        {
            PostId = post.Id.ToString(),
            Author = ToProto(post.Author),
            Kind = (V1.PostKind)(int)post.Kind,
            Text = post.Text,
            Hashtags = { post.Hashtags },
            Audience = (V1.PostAudience)(int)post.Audience,
            CreateTime = Timestamp.FromDateTimeOffset(post.CreateTime),
            UpdateTime = post.UpdateTime is { } updated
                ? Timestamp.FromDateTimeOffset(updated)
                : null,
            ProfileUpdate = post.ProfileChange is { } change
                ? new V1.ProfileUpdate { Kind = (V1.ProfileChangeKind)(int)change }
                : null,
            Revision = HomeFeed.FeedRevision.Of(post).ToString(),
        };

    public static Common.V1.Entity ToProto(EntityRef entity) =>
        new() { Kind = (Common.V1.EntityKind)(int)entity.Kind, Id = entity.Id };

    public static EntityRef ToDomain(Common.V1.Entity entity) =>
        new((EntityKind)(int)entity.Kind, entity.Id);

    /// <summary>Unspecified means everyone.</summary>
    public static PostAudience ToDomain(V1.PostAudience audience) =>
        audience == V1.PostAudience.Unspecified
            ? PostAudience.Everyone
            : (PostAudience)(int)audience;
}
