using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>Each process in turn is told to stop, drains, ends, and is started again; the next only when it serves.</summary>
internal sealed class RollingRestart(IReadOnlyList<ServiceProcess> processes) : IFault
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    public string Kind => "rolling restart";

    public string Subject => "all";

    public TimeSpan Length => TimeSpan.Zero;

    public async Task InjectAsync()
    {
        foreach (var process in processes)
        {
            await process.TerminateAsync();
            process.Start();
            await process.UntilServingAsync(StartLimit);
        }
    }

    public Task HealAsync() => Task.CompletedTask;
}
