using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>A process dies without a word, and is started again a moment later.</summary>
internal sealed class KillProcess(ServiceProcess process) : IFault
{
    public string Kind => "kill -9";

    public string Subject => process.Name;

    public TimeSpan Length => TimeSpan.FromSeconds(1);

    public Task InjectAsync() => process.KillAsync();

    public Task HealAsync()
    {
        process.Start();
        return Task.CompletedTask;
    }
}
