using Platform.Ctl.Cli;

namespace Platform.Ctl.Import;

/// <summary>A line now and then, for logs and pipes.</summary>
public sealed class LineProgressView(CliConsole console, TimeProvider time) : IProgressView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public Task TrackAsync(string phase, int total, Func<Action<int>, Task> work)
    {
        var gate = new Lock();
        var started = time.GetTimestamp();
        var shown = started;
        var done = 0;
        return work(count =>
        {
            lock (gate)
            {
                done += count;
                if (time.GetElapsedTime(shown) < Interval)
                {
                    return;
                }

                shown = time.GetTimestamp();
                var rate = done / time.GetElapsedTime(started).TotalSeconds;
                console.Error.WriteLine(
                    $"{phase}: {done} of {total} ({100L * done / Math.Max(total, 1)} %), {rate:F0}/s"
                );
            }
        });
    }
}
