using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Limits;

/// <summary>Section <c>Limits</c>: how much members may do, by tiers.</summary>
public sealed class LimitsOptions : IValidatedOptions
{
    /// <summary>Tiers by name; what they do not say, or are not there for, is as built in (see <see cref="LimitPolicy"/>).</summary>
    public Dictionary<string, TierOptions> Tiers { get; set; } = new(StringComparer.Ordinal);

    /// <summary>A JSON file of tiers on top of these; read again without a restart. Empty for none.</summary>
    public string PolicyFile { get; set; } = "";

    /// <summary>How often the file is looked at.</summary>
    public TimeSpan PolicyInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        foreach (var problem in LimitPolicyFile.Validate(Tiers, "Limits:Tiers"))
        {
            yield return problem;
        }
        if (
            PolicyInterval < TimeSpan.FromMilliseconds(100)
            || PolicyInterval > TimeSpan.FromHours(1)
        )
        {
            yield return $"Limits:PolicyInterval must lie between 00:00:00.1 and 01:00:00; it is {PolicyInterval}.";
        }
        if (PolicyFile.Length > 0 && FileProblem() is { } wrong)
        {
            yield return $"Limits:PolicyFile '{PolicyFile}' {wrong}";
        }
    }

    private string? FileProblem()
    {
        try
        {
            LimitPolicyFile.Read(File.ReadAllBytes(PolicyFile));
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
