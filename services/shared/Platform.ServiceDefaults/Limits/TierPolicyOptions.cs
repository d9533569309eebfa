using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Limits;

/// <summary>The settings of a policy of limits: how much members may do, by tiers.</summary>
/// <param name="section">The section that it is bound to, for what <see cref="Validate"/> says.</param>
public abstract class TierPolicyOptions<TTier, TLimits>(string section) : IValidatedOptions
    where TTier : class, ITierOptions<TTier, TLimits>, new()
    where TLimits : class
{
    /// <summary>Tiers by name; what they do not say, or are not there for, is as built in.</summary>
    public Dictionary<string, TTier> Tiers { get; set; } = new(StringComparer.Ordinal);

    /// <summary>A JSON file of tiers on top of these; read again without a restart. Empty for none.</summary>
    public string PolicyFile { get; set; } = "";

    /// <summary>How often the file is looked at.</summary>
    public TimeSpan PolicyInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        foreach (
            var problem in TierPolicyFile<TTier, TLimits>.Validate(
                Tiers,
                $"{section}:{nameof(Tiers)}"
            )
        )
        {
            yield return problem;
        }
        if (
            PolicyInterval < TimeSpan.FromMilliseconds(100)
            || PolicyInterval > TimeSpan.FromHours(1)
        )
        {
            yield return $"{section}:{nameof(PolicyInterval)} must lie between 00:00:00.1 and 01:00:00; it is {PolicyInterval}.";
        }
        if (PolicyFile.Length > 0 && FileProblem() is { } wrong)
        {
            yield return $"{section}:{nameof(PolicyFile)} '{PolicyFile}' {wrong}";
        }
    }

    private string? FileProblem()
    {
        try
        {
            TierPolicyFile<TTier, TLimits>.Read(File.ReadAllBytes(PolicyFile));
            return null;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "cannot be read.";
        }
    }
}
