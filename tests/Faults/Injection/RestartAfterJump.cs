using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>
/// The wall clock of one process jumps ten minutes ahead and back, and right then a store is restarted: whatever of the process
/// reckons by the wall clock when to look for the store again, believes that there are ten minutes left.
/// </summary>
internal sealed class RestartAfterJump(ServiceProcess process, StoreServer store) : IFault
{
    private static readonly TimeSpan Jump = TimeSpan.FromMinutes(10);

    public string Kind => $"clock jumps +600 s, then {store.Name} restarts";

    public string Subject => process.Name;

    public string? Problem => process.Clock is null ? FakeClock.Problem : null;

    // more than the 5 s after which a process looks at its store anew: the look that the restart meets was planned by the false time
    public TimeSpan Length => TimeSpan.FromSeconds(6);

    public Task InjectAsync()
    {
        process.Clock!.Jump(Jump);
        return Task.CompletedTask;
    }

    public Task HealAsync()
    {
        process.Clock!.Jump(TimeSpan.Zero);
        return store.RestartAsync();
    }
}
