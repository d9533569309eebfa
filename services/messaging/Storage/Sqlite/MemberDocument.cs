using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Messaging.Members;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>What a row of <c>members</c> holds, as JSON.</summary>
internal sealed record MemberDocument
{
    public MemberSettings Settings { get; init; } = MemberSettings.Default;
    public IReadOnlyList<SettingsMutation> RecentMutations { get; init; } = [];
    public DateTimeOffset? ErasedTime { get; init; }

    public static byte[] Write(MemberRecord member) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new MemberDocument
            {
                Settings = member.Settings,
                RecentMutations = member.RecentMutations,
                ErasedTime = member.ErasedTime,
            },
            MemberDocumentJson.Default.MemberDocument
        );

    public static MemberRecord Read(string memberId, long revision, byte[] json)
    {
        var document = JsonSerializer.Deserialize(json, MemberDocumentJson.Default.MemberDocument)!;
        return new MemberRecord
        {
            MemberId = memberId,
            Revision = revision,
            Settings = document.Settings,
            RecentMutations = document.RecentMutations,
            ErasedTime = document.ErasedTime,
        };
    }
}

/// <summary>Serialization without reflection.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MemberDocument))]
internal sealed partial class MemberDocumentJson : JsonSerializerContext;
