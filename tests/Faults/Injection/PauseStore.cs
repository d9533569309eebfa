using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>A store stands still for 10 s; what was sent to it meanwhile it does afterwards.</summary>
internal sealed class PauseStore(StoreServer server) : IFault
{
    public string Kind => "pause 10 s";

    public string Subject => server.Name;

    public TimeSpan Length => TimeSpan.FromSeconds(10);

    public Task InjectAsync() => server.PauseAsync();

    public Task HealAsync() => server.ResumeAsync();
}
