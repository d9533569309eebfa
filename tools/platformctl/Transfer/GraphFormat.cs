using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Platform.Connections.V1;
using Platform.Follows.V1;

namespace Platform.Ctl.Transfer;

/// <summary>
/// The file of a whole graph: JSON lines, each an object with a <c>type</c>. A header with the version comes first; a
/// trailer with the counts and the SHA-256 of all bytes before it comes last, so that a file that was cut off or changed is
/// told from a whole one. Between them a line is a message of the contract. A later version may add types; nothing in a file tells
/// when or where it was written, so the same graph makes the same bytes.
/// </summary>
public static class GraphFormat
{
    public const string Name = "platform-graph";
    public const int Version = 1;

    public const string HeaderType = "header";
    public const string RelationshipType = "relationship";
    public const string RecommendationType = "recommendation";
    public const string SettingsType = "settings";
    public const string FollowType = "follow";
    public const string TrailerType = "trailer";

    private const string TypeName = "type";

    private static readonly JsonFormatter Formatter = new(
        JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true)
    );

    private static readonly JsonSerializerOptions Compact = new()
    {
        // The file is no page: notes stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static string Header() =>
        new JsonObject
        {
            [TypeName] = HeaderType,
            ["format"] = Name,
            ["version"] = Version,
        }.ToJsonString(Compact);

    public static string Trailer(GraphCounts counts, string sha256) =>
        new JsonObject
        {
            [TypeName] = TrailerType,
            ["lines"] = counts.Lines,
            ["relationships"] = counts.Relationships,
            ["recommendations"] = counts.Recommendations,
            ["settings"] = counts.Settings,
            ["follows"] = counts.Follows,
            ["sha256"] = sha256,
        }.ToJsonString(Compact);

    /// <summary>The line of a message. Its fields come in the order of their numbers.</summary>
    public static string Line(IMessage message)
    {
        var type = message switch
        {
            RelationshipRecord => RelationshipType,
            RecommendationRecord => RecommendationType,
            MemberSettingsRecord => SettingsType,
            _ => FollowType,
        };
        var line = new JsonObject { [TypeName] = type };
        foreach (var (name, value) in JsonNode.Parse(Formatter.Format(message))!.AsObject())
        {
            line[name] = value?.DeepClone();
        }
        return line.ToJsonString(Compact);
    }

    /// <summary>Reads a line; what is wrong with it is part of the answer.</summary>
    public static GraphLine Read(long number, string text)
    {
        try
        {
            if (JsonNode.Parse(text, documentOptions: Strict) is not JsonObject line)
            {
                return Junk("not a JSON object");
            }
            if (
                line[TypeName] is not JsonValue value
                || !value.TryGetValue<string>(out var type)
                || type.Length == 0
            )
            {
                return Junk("has no type");
            }
            if (type is HeaderType or TrailerType)
            {
                return new GraphLine(number, type, null, line, null);
            }
            line.Remove(TypeName);
            IMessage? message = type switch
            {
                RelationshipType => JsonParser.Default.Parse<RelationshipRecord>(
                    line.ToJsonString()
                ),
                RecommendationType => JsonParser.Default.Parse<RecommendationRecord>(
                    line.ToJsonString()
                ),
                SettingsType => JsonParser.Default.Parse<MemberSettingsRecord>(line.ToJsonString()),
                FollowType => JsonParser.Default.Parse<FollowRecord>(line.ToJsonString()),
                _ => null,
            };
            return new GraphLine(number, type, message, null, null);
        }
        catch (JsonException)
        {
            return Junk("not JSON");
        }
        // Both of what the parser of messages throws are of this kind.
        catch (Exception exception)
            when (exception is InvalidProtocolBufferException or InvalidJsonException)
        {
            return Junk(exception.Message.ReplaceLineEndings(" "));
        }

        GraphLine Junk(string problem) => new(number, "", null, null, problem);
    }
}
