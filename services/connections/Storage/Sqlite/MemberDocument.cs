using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Connections.Members;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>
/// What of a member's record is kept as JSON: all but the id, the revision and the slots, which stand in columns. Names are never reused
/// with another meaning; what a build does not know it drops on its next write.
/// </summary>
internal sealed record MemberDocument
{
    [JsonPropertyName("settings")]
    public MemberSettings? Settings { get; init; }

    [JsonPropertyName("recentMutations")]
    public SettingsMutation[] RecentMutations { get; init; } = [];

    [JsonPropertyName("deletion")]
    public MemberDeletion? Deletion { get; init; }

    public static byte[] Write(MemberRecord member) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new MemberDocument
            {
                Settings = member.Settings,
                RecentMutations = [.. member.RecentMutations],
                Deletion = member.Deletion,
            },
            MemberDocumentJson.Default.MemberDocument
        );

    public static MemberDocument Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, MemberDocumentJson.Default.MemberDocument)
        ?? throw new JsonException("A member's document is null.");
}
