using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>Settings <c>Streams</c>: the end of all streams to callers.</summary>
public sealed class StreamEndingOptions : IValidatedOptions
{
    public const string Section = "Streams";

    /// <summary>
    /// How long a reader that was given up may still take what was last sent to it, and with it the status that says why. After that
    /// the stream is reset.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<string> Validate()
    {
        if (Patience < TimeSpan.Zero || Patience > TimeSpan.FromMinutes(5))
        {
            yield return $"{Section}:{nameof(Patience)} must lie between 00:00:00 and 00:05:00; it is {Patience:c}.";
        }
    }
}
