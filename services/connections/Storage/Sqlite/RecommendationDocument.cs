using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Connections.Recommendations;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>
/// What of a thread of recommendations is kept as JSON: all but who, whom and the revision, which stand in columns. Names are
/// never reused with another meaning; what a build does not know it drops on its next write.
/// </summary>
internal sealed record RecommendationDocument
{
    [JsonPropertyName("latest")]
    public Recommendation? Latest { get; init; }

    [JsonPropertyName("recentMutations")]
    public RecommendationMutation[] RecentMutations { get; init; } = [];

    public static byte[] Write(RecommendationThread thread) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new RecommendationDocument
            {
                Latest = thread.Latest,
                RecentMutations = [.. thread.RecentMutations],
            },
            RecommendationDocumentJson.Default.RecommendationDocument
        );

    public static RecommendationDocument Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, RecommendationDocumentJson.Default.RecommendationDocument)
        ?? throw new JsonException("A document of recommendations is null.");
}
