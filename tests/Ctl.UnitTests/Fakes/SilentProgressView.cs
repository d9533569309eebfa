using Platform.Ctl.Import;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>Shows nothing and counts what was done in each phase.</summary>
public sealed class SilentProgressView : IProgressView
{
    public Dictionary<string, (int Done, int Total)> Phases { get; } = [];

    public async Task TrackAsync(string phase, int total, Func<Action<int>, Task> work)
    {
        var done = 0;
        await work(count => Interlocked.Add(ref done, count));
        Phases[phase] = (done, total);
    }
}
