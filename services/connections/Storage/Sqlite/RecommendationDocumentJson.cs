using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>Serialization without reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    IgnoreReadOnlyProperties = true
)]
[JsonSerializable(typeof(RecommendationDocument))]
internal sealed partial class RecommendationDocumentJson : JsonSerializerContext;
