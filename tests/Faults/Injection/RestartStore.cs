using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>A store is restarted; by force, where what it acknowledged must survive that.</summary>
internal sealed class RestartStore(StoreServer server) : IFault
{
    public string Kind => server.IsKilled ? "restart by kill -9" : "restart";

    public string Subject => server.Name;

    public TimeSpan Length => TimeSpan.Zero;

    public Task InjectAsync() => server.RestartAsync();

    public Task HealAsync() => Task.CompletedTask;
}
