namespace Platform.Messaging.Storage;

/// <summary>Times as every engine keeps them.</summary>
public static class Clock
{
    /// <summary>Now, in whole milliseconds, so that an answer and a later read of the same thing agree.</summary>
    public static DateTimeOffset GetWholeMilliseconds(this TimeProvider time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
