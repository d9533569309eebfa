namespace Platform.Feed.Storage;

/// <summary>What became of an update.</summary>
public enum UpdateStatus
{
    /// <summary>The new state is stored.</summary>
    Updated,

    /// <summary>Somebody else changed or deleted the post meanwhile; nothing was stored.</summary>
    Stale,

    /// <summary>The last update of the post had this request id and content; nothing was stored now.</summary>
    Repeated,

    /// <summary>The last update of the post had this request id and other content; nothing was stored.</summary>
    RequestIdReused,
}
