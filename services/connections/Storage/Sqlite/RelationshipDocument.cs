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
                RecentMutations = [.. relationship.RecentMutations],
                Ledger = [.. relationship.Ledger],
            },
            RelationshipDocumentJson.Default.RelationshipDocument
        );

    public static RelationshipDocument Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, RelationshipDocumentJson.Default.RelationshipDocument)
        ?? throw new JsonException("A relationship document is null.");
}
