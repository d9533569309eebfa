namespace Platform.Feed.Storage;

/// <summary>What <see cref="IPostStore.CreateAsync"/> found.</summary>
public enum CreateStatus
{
    /// <summary>The post and its job are stored.</summary>
    Created,

    /// <summary>This request was served before; nothing was stored now.</summary>
    Repeated,

    /// <summary>The request id stands for other content; nothing was stored.</summary>
    RequestIdReused,

    /// <summary>Another post has the id; nothing was stored. A new id will do.</summary>
    IdTaken,
}
