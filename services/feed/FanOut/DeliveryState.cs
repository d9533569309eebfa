namespace Platform.Feed.FanOut;

/// <summary>The state of a job, as stored.</summary>
public enum DeliveryState
{
    /// <summary>Something is left to do.</summary>
    Open = 1,

    /// <summary>Everything was delivered.</summary>
    Delivered = 2,

    /// <summary>The post was deleted before.</summary>
    Cancelled = 3,

    /// <summary>Delivered but for those who pull it when they read, because they are so many.</summary>
    Pulled = 4,
}
