namespace Platform.Messaging.Storage.Sqlite;

/// <summary>Times as rows keep them: Unix milliseconds.</summary>
internal static class RowTime
{
    /// <summary>The time of a column.</summary>
    public static DateTimeOffset At(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
