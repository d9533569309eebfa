namespace Platform.Feed.Timelines;

/// <summary>Which timelines this replica is building anew only because they are old; each once at a time, and not too many.</summary>
public sealed class TimelineRefreshes
{
    /// <summary>How many at a time: readers who need a timeline built at once come first.</summary>
    public const int Most = 8;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);

    /// <returns>To be disposed of at the end; null if this one has to wait for another time.</returns>
    public IDisposable? TryBegin(string member)
    {
        lock (_gate)
        {
            return _members.Count < Most && _members.Add(member) ? new Refresh(this, member) : null;
        }
    }

    private sealed class Refresh(TimelineRefreshes all, string member) : IDisposable
    {
        public void Dispose()
        {
            lock (all._gate)
            {
                all._members.Remove(member);
            }
        }
    }
}
