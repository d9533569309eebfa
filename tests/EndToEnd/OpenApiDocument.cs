using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using Platform.ServiceDefaults.Errors;
using ErrorReason = Platform.Common.V1.ErrorReason;

namespace Platform.Tests.EndToEnd;

/// <summary>
/// gateway/openapi.json, made of the compiled contract, its comments and the reasons of its errors: OpenAPI 3.1 of all that the
/// gateway serves over REST.
/// </summary>
internal sealed partial class OpenApiDocument
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // any method may be refused for these; the comments of services say so in words
    private static readonly ErrorReason[] Common =
    [
        ErrorReason.InvalidRequest,
        ErrorReason.CredentialsMissing,
        ErrorReason.CredentialsInvalid,
        ErrorReason.CredentialsExpired,
        ErrorReason.RateLimited,
        ErrorReason.DependencyUnavailable,
        ErrorReason.DeadlineExceeded,
        ErrorReason.Internal,
    ];

    private readonly OpenApiSchemas _schemas = new();

    /// <summary>The document as it should be.</summary>
    public static string Make() => new OpenApiDocument().ToJson().ToJsonString(Format) + "\n";

    private JsonObject ToJson()
    {
        var services = ApiDocument.Services().ToList();
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var method in services.SelectMany(service => service.Methods))
        {
            var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
            foreach (var binding in rule is null ? [] : rule.AdditionalBindings.Prepend(rule))
            {
                var (verb, template) = PatternOf(binding);
                var path = Variable()
                    .Replace(template, match => $"{{{JsonPath(match.Groups[1].Value)}}}");
                var item = paths.TryGetValue(path, out var known) ? known : paths[path] = [];
                item[verb] = OperationOf(method, binding, template);
            }
        }
        var status = _schemas.ReferenceTo(Google.Rpc.Status.Descriptor);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Platform",
                ["version"] = "1",
                ["description"] =
                    "Connections, follows, messages and home feeds of members, over REST. Made of the contract in `protos/`; "
                    + "gRPC and gRPC-Web serve the same methods. Errors are `google.rpc.Status` whose details hold an "
                    + "`google.rpc.ErrorInfo` with the reason.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
            ["tags"] = new JsonArray([
                .. services.Select(service =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = service.Name,
                            ["description"] = ProtoComments.Of(service.FullName),
                        }
                ),
            ]),
            ["paths"] = new JsonObject(
                paths.Select(path => KeyValuePair.Create(path.Key, (JsonNode?)path.Value))
            ),
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["bearerFormat"] = "JWT",
                        ["description"] =
                            "A member's token acts as its subject; a service's for the member that `memberId` names.",
                    },
                },
                ["responses"] = new JsonObject
                {
                    ["Error"] = new JsonObject
                    {
                        ["description"] = "Any other refusal.",
                        ["content"] = Json(status),
                    },
                },
                ["schemas"] = _schemas.ToJson(),
            },
        };
    }

    private JsonObject OperationOf(MethodDescriptor method, HttpRule rule, string template)
    {
        var inPath = Variable()
            .Matches(template)
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var comment = ProtoComments.Of(method.FullName);
        var operation = new JsonObject
        {
            ["operationId"] = $"{method.Service.Name}_{method.Name}",
            ["summary"] = Words().Replace(method.Name, " $1"),
            ["description"] = comment,
            ["tags"] = new JsonArray((JsonNode)method.Service.Name),
        };
        var parameters = new JsonArray();
        foreach (var name in inPath)
        {
            parameters.Add(Parameter("path", name, FieldOf(method.InputType, name), true));
        }
        if (rule.Body.Length == 0)
        {
            foreach (var (name, field) in QueryOf(method.InputType, "", inPath))
            {
                parameters.Add(Parameter("query", name, field, false));
            }
        }
        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }
        if (rule.Body.Length > 0)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Json(
                    rule.Body != "*" ? _schemas.Of(FieldOf(method.InputType, rule.Body))
                    : inPath.Count == 0 ? _schemas.ReferenceTo(method.InputType)
                    : _schemas.Without(method.InputType, inPath)
                ),
            };
        }
        operation["responses"] = ResponsesOf(method, comment);
        return operation;
    }

    private JsonObject ResponsesOf(MethodDescriptor method, string comment)
    {
        var responses = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = method.IsServerStreaming
                    ? "A stream: one JSON object a line, until the call ends."
                    : "Done.",
                ["content"] = Json(_schemas.ReferenceTo(method.OutputType)),
            },
        };
        var text = $"{comment} {ProtoComments.Of(method.Service.FullName)}";
        var reasons = Reason()
            .Matches(text)
            .Select(match => ErrorCatalog.ReasonOf(match.Value))
            .Where(reason => reason != ErrorReason.Unspecified)
            .Concat(Common)
            .Distinct()
            .GroupBy(reason => ErrorResponse.ToHttpStatus(ErrorCatalog.StatusCodeOf(reason)))
            .OrderBy(group => group.Key);
        foreach (var group in reasons)
        {
            responses[group.Key.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["description"] = string.Join(
                    "\n",
                    group
                        .Order()
                        .Select(reason => $"- `{ErrorCatalog.NameOf(reason)}`: {MeaningOf(reason)}")
                ),
                ["content"] = Json(_schemas.ReferenceTo(Google.Rpc.Status.Descriptor)),
            };
        }
        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Error" };
        return responses;
    }

    private JsonObject Parameter(string place, string path, FieldDescriptor field, bool required)
    {
        var schema = _schemas.Of(field);
        var parameter = new JsonObject
        {
            ["name"] = JsonPath(path),
            ["in"] = place,
            ["required"] = required,
        };
        if (schema.Remove("description", out var description))
        {
            parameter["description"] = description;
        }
        parameter["schema"] = schema;
        return parameter;
    }

    // what a query can hold: simple fields, lists of them, and those of messages within by their path
    private static IEnumerable<(string Path, FieldDescriptor Field)> QueryOf(
        MessageDescriptor message,
        string prefix,
        IReadOnlySet<string> without
    ) =>
        message
            .Fields.InDeclarationOrder()
            .SelectMany(field =>
            {
                var path = prefix + field.Name;
                var isMessage =
                    field.FieldType == FieldType.Message
                    && !field.MessageType.FullName.StartsWith(
                        "google.protobuf.",
                        StringComparison.Ordinal
                    );
                return without.Contains(path) || (isMessage && field.IsRepeated) ? []
                    : isMessage ? QueryOf(field.MessageType, $"{path}.", without)
                    : [(path, field)];
            });

    private static FieldDescriptor FieldOf(MessageDescriptor message, string path)
    {
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            message = message.FindFieldByName(name).MessageType;
        }
        return message.FindFieldByName(names[^1]);
    }

    private static string JsonPath(string path) =>
        string.Join(
            '.',
            path.Split('.')
                .Select(name =>
                    Underscore().Replace(name, match => match.Value[1..].ToUpperInvariant())
                )
        );

    private static string MeaningOf(ErrorReason reason) =>
        ProtoComments.Of(
            $"platform.common.v1.ErrorReason.ERROR_REASON_{ErrorCatalog.NameOf(reason)}"
        );

    private static (string Verb, string Template) PatternOf(HttpRule rule) =>
        rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => ("get", rule.Get),
            HttpRule.PatternOneofCase.Put => ("put", rule.Put),
            HttpRule.PatternOneofCase.Post => ("post", rule.Post),
            HttpRule.PatternOneofCase.Delete => ("delete", rule.Delete),
            HttpRule.PatternOneofCase.Patch => ("patch", rule.Patch),
            _ => throw new NotSupportedException($"{rule.PatternCase} is not in the contract."),
        };

    private static JsonObject Json(JsonNode schema) =>
        new() { ["application/json"] = new JsonObject { ["schema"] = schema.DeepClone() } };

    [GeneratedRegex(@"\{([\w.]+)[^}]*\}")]
    private static partial Regex Variable();

    [GeneratedRegex("_[a-z0-9]")]
    private static partial Regex Underscore();

    [GeneratedRegex("(?<=[a-z])([A-Z])")]
    private static partial Regex Words();

    [GeneratedRegex(@"\b[A-Z]{2,}(?:_[A-Z]+)*\b")]
    private static partial Regex Reason();
}
