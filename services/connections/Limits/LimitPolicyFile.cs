using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Limits;

/// <summary>
/// Reads a policy file: <c>{ "tiers": { "premium": { "weeklyInvitations": 200 } } }</c>. Comments and commas at the end are
/// welcome; a name that means nothing is not, as it would be a limit that somebody thinks is set.
/// </summary>
internal static class LimitPolicyFile
{
    /// <exception cref="InvalidDataException">Not a policy; says what is wrong with it.</exception>
    public static IReadOnlyDictionary<string, TierOptions> Read(ReadOnlySpan<byte> json)
    {
        LimitPolicyDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(
                json,
                LimitPolicyJson.Default.LimitPolicyDocument
            );
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"is not a policy of limits, at {exception.Path}, line {exception.LineNumber + 1}.",
                exception
            );
        }
        var tiers = document?.Tiers ?? throw new InvalidDataException("names no tiers.");
        var problem = Validate(tiers, "tiers").FirstOrDefault();
        return problem is null ? tiers : throw new InvalidDataException($"is wrong: {problem}");
    }

    /// <summary>What is wrong with tiers.</summary>
    public static IEnumerable<string> Validate(
        IReadOnlyDictionary<string, TierOptions> tiers,
        string path
    ) =>
        tiers.SelectMany(tier =>
            !MemberId.IsValid(tier.Key)
                ?
                [
                    $"{path}: the name of a tier is 1 to 64 of A-Z a-z 0-9 _ - .; it is '{tier.Key}'.",
                ]
            : tier.Value is null ? [$"{path}:{tier.Key} must say limits."]
            : tier.Value.Validate($"{path}:{tier.Key}")
        );
}

/// <summary>The shape of a policy file.</summary>
internal sealed record LimitPolicyDocument
{
    public Dictionary<string, TierOptions>? Tiers { get; init; }
}

/// <summary>Serialization without reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(LimitPolicyDocument))]
internal sealed partial class LimitPolicyJson : JsonSerializerContext;
