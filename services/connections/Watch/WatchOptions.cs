using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Watch;

/// <summary>Section <c>Watch</c>: the streams of changes.</summary>
public sealed class WatchOptions : IValidatedOptions
{
    /// <summary>
    /// How often changes of other processes are looked for while somebody watches; those of the own process are seen at once.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many changes a watcher may lag behind before it is dropped; each takes some 200 bytes of memory.</summary>
    public int BufferSize { get; set; } = 4096;

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (PollInterval < TimeSpan.FromMilliseconds(10) || PollInterval > TimeSpan.FromMinutes(1))
        {
            yield return $"Watch:PollInterval must be between 10 ms and a minute; it is {PollInterval}.";
        }
        if (BufferSize < 1)
        {
            yield return $"Watch:BufferSize must be at least 1; it is {BufferSize}.";
        }
    }
}
