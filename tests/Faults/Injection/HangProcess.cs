using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>A process stands still for 10 s: its port is open, and nothing answers.</summary>
internal sealed class HangProcess(ServiceProcess process) : IFault
{
    public string Kind => "hang 10 s";

    public string Subject => process.Name;

    public TimeSpan Length => TimeSpan.FromSeconds(10);

    public Task InjectAsync()
    {
        process.Pause();
        return Task.CompletedTask;
    }

    public Task HealAsync()
    {
        process.Resume();
        return Task.CompletedTask;
    }
}
