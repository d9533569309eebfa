using Platform.Testing;

namespace Platform.Tests.Faults.Injection;

/// <summary>Something can no longer be reached: what was connected is reset, amid calls, and nobody connects.</summary>
internal sealed class CutOff(string subject, Relay relay) : IFault
{
    public string Kind => "cut off";

    public string Subject => subject;

    public TimeSpan Length => TimeSpan.FromSeconds(4);

    public Task InjectAsync()
    {
        relay.Cut();
        return Task.CompletedTask;
    }

    public Task HealAsync()
    {
        relay.Mend();
        return Task.CompletedTask;
    }
}
