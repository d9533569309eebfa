using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Connections.Relationships;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>
/// What of a relationship is kept as JSON: all that no query looks at. The rest stands in columns and is not kept twice.
/// Names are never reused with another meaning; what a build does not know it drops on its next write.
/// </summary>
internal sealed record RelationshipDocument
{
    [JsonPropertyName("invitation")]
    public Invitation? Invitation { get; init; }

    [JsonPropertyName("lowBarredUntil")]
    public DateTimeOffset? LowBarredUntil { get; init; }

    [JsonPropertyName("highBarredUntil")]
    public DateTimeOffset? HighBarredUntil { get; init; }

    [JsonPropertyName("lowBlockTime")]
    public DateTimeOffset? LowBlockTime { get; init; }

    [JsonPropertyName("highBlockTime")]
    public DateTimeOffset? HighBlockTime { get; init; }

    [JsonPropertyName("lowUnblockTime")]
    public DateTimeOffset? LowUnblockTime { get; init; }

    [JsonPropertyName("highUnblockTime")]
    public DateTimeOffset? HighUnblockTime { get; init; }

    [JsonPropertyName("lastBlockTime")]
    public DateTimeOffset? LastBlockTime { get; init; }

    [JsonPropertyName("recentMutations")]
    public RecentMutation[] RecentMutations { get; init; } = [];

    [JsonPropertyName("ledger")]
    public Transition[] Ledger { get; init; } = [];

    public static byte[] Write(Relationship relationship) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new RelationshipDocument
            {
                Invitation = relationship.Invitation,
                LowBarredUntil = relationship.LowBarredUntil,
                HighBarredUntil = relationship.HighBarredUntil,
                LowBlockTime = relationship.LowBlockTime,
                HighBlockTime = relationship.HighBlockTime,
                LowUnblockTime = relationship.LowUnblockTime,
                HighUnblockTime = relationship.HighUnblockTime,
                LastBlockTime = relationship.LastBlockTime,
                RecentMutations = [.. relationship.RecentMutations],
                Ledger = [.. relationship.Ledger],
            },
            RelationshipDocumentJson.Default.RelationshipDocument
        );

    public static RelationshipDocument Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, RelationshipDocumentJson.Default.RelationshipDocument)
        ?? throw new JsonException("A relationship document is null.");
}
