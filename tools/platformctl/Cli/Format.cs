using Google.Protobuf.WellKnownTypes;
using Platform.Common.V1;

namespace Platform.Ctl.Cli;

/// <summary>How values read, in tables and in JSON.</summary>
public static class Format
{
    /// <summary>RFC 3339 in UTC, as protobuf's JSON has it; null for a time that is not set.</summary>
    public static DateTimeOffset? Time(Timestamp? time) => time?.ToDateTimeOffset();

    public static string Cell(DateTimeOffset? time) =>
        time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", null) ?? "";

    /// <summary>The value of an enum in the words of the contract, without the enum's name: <c>pending</c>.</summary>
    public static string Name<T>(T value)
        where T : struct, System.Enum => value.ToString().ToLowerInvariant();

    /// <summary>As it is typed: members by their id, everything else as <c>kind:id</c>.</summary>
    public static string Name(Entity? entity) =>
        entity is null ? ""
        : entity.Kind == EntityKind.Member ? entity.Id
        : $"{Name(entity.Kind)}:{entity.Id}";
}
