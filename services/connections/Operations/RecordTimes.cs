using Google.Protobuf.WellKnownTypes;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Operations;

/// <summary>The times of records: whole milliseconds, or the record is refused.</summary>
internal static class RecordTimes
{
    // every engine keeps milliseconds, some keep more of some times: a record must not tell where it comes from
    public static Timestamp TimeOf(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()).ToTimestamp();

    public static Timestamp? TimeOf(DateTimeOffset? time) =>
        time is { } known ? TimeOf(known) : null;

    public static DateTimeOffset Required(
        RequestValidator validator,
        string field,
        Timestamp? timestamp
    )
    {
        if (timestamp is null)
        {
            validator.Add(field, "required");
        }
        return Optional(validator, field, timestamp) ?? default;
    }

    public static DateTimeOffset? Optional(
        RequestValidator validator,
        string field,
        Timestamp? timestamp
    )
    {
        var time = validator.Time(field, timestamp);
        if (time is null || timestamp!.Nanos % 1_000_000 == 0)
        {
            return time;
        }
        validator.Add(field, "must be in whole milliseconds");
        return null;
    }
}
