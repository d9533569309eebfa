using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Members;

/// <summary>Section <c>Erasure</c>: removing what is kept about members.</summary>
public sealed class ErasureOptions : IValidatedOptions
{
    /// <summary>How often erasures are looked for that another process began and did not finish.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker that fell silent keeps an erasure from the others.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long after an erasure is done it is looked at once more, for what calls stored that were under way when it began.
    /// Longer than any call takes.
    /// </summary>
    public TimeSpan SecondLook { get; set; } = TimeSpan.FromMinutes(2);

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (Interval < TimeSpan.FromSeconds(1))
        {
            yield return $"Erasure:Interval must be at least a second; it is {Interval}.";
        }
        if (Lease < TimeSpan.FromSeconds(5))
        {
            yield return $"Erasure:Lease must be at least 5 seconds; it is {Lease}.";
        }
        if (SecondLook <= TimeSpan.Zero)
        {
            yield return $"Erasure:SecondLook must be positive; it is {SecondLook}.";
        }
    }
}
