using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;

namespace Platform.Tests.EndToEnd;

/// <summary>The messages of the contract as JSON Schema, by the JSON mapping of proto3; each that was asked for, and what it holds.</summary>
internal sealed class OpenApiSchemas
{
    private readonly SortedDictionary<string, JsonObject> _schemas = new(StringComparer.Ordinal);

    /// <summary>The schemas met so far, by name.</summary>
    public JsonObject ToJson() =>
        new(_schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value)));

    /// <summary>A reference to a message's schema.</summary>
    public JsonObject ReferenceTo(MessageDescriptor message)
    {
        Add(message);
        return Reference(NameOf(message.FullName));
    }

    /// <summary>A message without some of its fields: what remains for a body when the others stand in the path.</summary>
    public JsonObject Without(MessageDescriptor message, IReadOnlySet<string> fields) =>
        ObjectOf(message, fields);

    /// <summary>The schema of a field, with its comment.</summary>
    public JsonObject Of(FieldDescriptor field)
    {
        var schema =
            field.IsMap
                ? new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = OfOne(field.MessageType.Fields[2]),
                }
            : field.IsRepeated ? new JsonObject { ["type"] = "array", ["items"] = OfOne(field) }
            : OfOne(field);
        var comment = ProtoComments.Of(field.FullName);
        if (comment.Length > 0)
        {
            schema["description"] = comment;
        }
        return schema;
    }

    private JsonObject OfOne(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.Bool => Simple("boolean"),
            FieldType.String => Simple("string"),
            FieldType.Bytes => Simple("string", "byte"),
            FieldType.Double or FieldType.Float => Simple("number", "double"),
            FieldType.Int32
            or FieldType.SInt32
            or FieldType.UInt32
            or FieldType.SFixed32
            or FieldType.Fixed32 => Simple("integer", "int32"),
            // a 64-bit number does not fit in JavaScript's
            FieldType.Int64
            or FieldType.SInt64
            or FieldType.UInt64
            or FieldType.SFixed64
            or FieldType.Fixed64 => Simple("string", "int64"),
            FieldType.Enum => ReferenceTo(field.EnumType),
            _ => field.MessageType.FullName switch
            {
                "google.protobuf.Timestamp" => Simple("string", "date-time"),
                "google.protobuf.Duration" => Simple("string", "duration"),
                "google.protobuf.FieldMask" => Simple("string"),
                "google.protobuf.Any" => new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject { ["@type"] = Simple("string") },
                    ["additionalProperties"] = true,
                },
                _ => ReferenceTo(field.MessageType),
            },
        };

    private JsonObject ReferenceTo(EnumDescriptor type)
    {
        var name = NameOf(type.FullName);
        if (!_schemas.ContainsKey(name))
        {
            var values = type.Values.Where(value => value.Number != 0).ToList();
            _schemas[name] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = string.Join(
                    "\n",
                    [
                        ProtoComments.Of(type.FullName),
                        "",
                        .. values.Select(value =>
                            $"- `{value.Name}`: {ProtoComments.Of($"{type.FullName}.{value.Name}")}"
                        ),
                    ]
                ),
                ["enum"] = new JsonArray([.. type.Values.Select(value => (JsonNode)value.Name)]),
            };
        }
        return Reference(name);
    }

    private void Add(MessageDescriptor message)
    {
        var name = NameOf(message.FullName);
        if (_schemas.ContainsKey(name))
        {
            return;
        }
        _schemas[name] = []; // met: a message may hold itself
        _schemas[name] = ObjectOf(message, new HashSet<string>());
    }

    private JsonObject ObjectOf(MessageDescriptor message, IReadOnlySet<string> without)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (ProtoComments.Of(message.FullName) is { Length: > 0 } comment)
        {
            schema["description"] = comment;
        }
        schema["properties"] = new JsonObject(
            message
                .Fields.InDeclarationOrder()
                .Where(field => !without.Contains(field.Name))
                .Select(field => KeyValuePair.Create(field.JsonName, (JsonNode?)Of(field)))
        );
        return schema;
    }

    private static string NameOf(string fullName) =>
        fullName.StartsWith("platform.", StringComparison.Ordinal)
            ? fullName["platform.".Length..]
            : fullName;

    private static JsonObject Reference(string name) =>
        new() { ["$ref"] = $"#/components/schemas/{name}" };

    private static JsonObject Simple(string type, string? format = null) =>
        format is null
            ? new JsonObject { ["type"] = type }
            : new JsonObject { ["type"] = type, ["format"] = format };
}
