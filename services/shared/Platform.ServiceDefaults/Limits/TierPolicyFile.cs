using System.Text.Json;
using Platform.ServiceDefaults.Validation;

namespace Platform.ServiceDefaults.Limits;

/// <summary>
/// Reads a policy file: <c>{ "tiers": { "premium": { "someLimit": 200 } } }</c>. Comments and commas at the end are
/// welcome; a name that means nothing is not, as it would be a limit that somebody thinks is set.
/// </summary>
internal static class TierPolicyFile<TTier, TLimits>
    where TTier : class, ITierOptions<TTier, TLimits>, new()
    where TLimits : class
{
    /// <exception cref="InvalidDataException">Not a policy; says what is wrong with it.</exception>
    public static IReadOnlyDictionary<string, TTier> Read(ReadOnlySpan<byte> json)
    {
        TierPolicyDocument<TTier>? document;
        try
        {
            document = JsonSerializer.Deserialize(json, TTier.Json);
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
        IReadOnlyDictionary<string, TTier> tiers,
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
