using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Network;

/// <summary>Section <c>Network</c>: the graph index.</summary>
public sealed class NetworkOptions : IValidatedOptions
{
    /// <summary>
    /// How long a call waits for <c>at_least_revision</c> at most, where its deadline is not sooner.
    /// </summary>
    public TimeSpan RevisionWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (RevisionWait <= TimeSpan.Zero || RevisionWait > TimeSpan.FromMinutes(1))
        {
            yield return $"Network:RevisionWait must be more than nothing and at most a minute; it is {RevisionWait}.";
        }
    }
}
