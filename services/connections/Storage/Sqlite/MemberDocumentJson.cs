using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>Serialization without reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
)]
[JsonSerializable(typeof(MemberDocument))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class MemberDocumentJson : JsonSerializerContext;
