using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Network;

/// <summary>Section <c>Network</c>: the graph index.</summary>
public sealed class NetworkOptions : IValidatedOptions
{
    /// <summary>
    /// How long a call waits for <c>at_least_revision</c> at most, where its deadline is not sooner.
    /// </summary>
    public TimeSpan RevisionWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The file that keeps the index between two runs of this process, so that the next start reads only what changed since;
    /// of no other process. Empty: every start reads all connections from the store.
    /// </summary>
    public string SnapshotPath { get; set; } = "";

    /// <summary>How often the file is written, if anything changed; it is also written at the end.</summary>
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (RevisionWait <= TimeSpan.Zero || RevisionWait > TimeSpan.FromMinutes(1))
        {
            yield return $"Network:RevisionWait must be more than nothing and at most a minute; it is {RevisionWait}.";
        }
        if (SnapshotInterval < TimeSpan.FromSeconds(1) || SnapshotInterval > TimeSpan.FromDays(1))
        {
            yield return $"Network:SnapshotInterval must be a second to a day; it is {SnapshotInterval}.";
        }
    }
}
