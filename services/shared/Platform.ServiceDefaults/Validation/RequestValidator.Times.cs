using Google.Protobuf.WellKnownTypes;

namespace Platform.ServiceDefaults.Validation;

public sealed partial class RequestValidator
{
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MinHeartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxHeartbeat = TimeSpan.FromSeconds(60);

    /// <summary>A time that may be left out.</summary>
    /// <returns>The time; null where there is none, or none that makes sense.</returns>
    public DateTimeOffset? Time(string field, Timestamp? timestamp)
    {
        try
        {
            return timestamp?.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            // nanoseconds or seconds outside what the type promises
            Add(field, "is not a valid timestamp");
            return null;
        }
    }

    /// <summary><c>heartbeat_interval</c> of a stream of changes: 1 to 60 seconds, 10 where it is left out.</summary>
    /// <returns>The interval to use.</returns>
    public TimeSpan Heartbeat(Duration? interval)
    {
        try
        {
            var given = interval?.ToTimeSpan() ?? DefaultHeartbeat;
            if (given >= MinHeartbeat && given <= MaxHeartbeat)
            {
                return given;
            }
        }
        catch (InvalidOperationException)
        {
            // seconds and nanoseconds outside what the type promises, or of different signs: reported below
        }
        Add("heartbeat_interval", "must be between 1 s and 60 s");
        return DefaultHeartbeat;
    }
}
