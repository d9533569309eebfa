using System.Globalization;
using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>The wall clock of one process jumps, and back.</summary>
internal sealed class JumpClock(ServiceProcess process, TimeSpan offset) : IFault
{
    public string Kind =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"clock jumps {(offset > TimeSpan.Zero ? "+" : "")}{offset.TotalSeconds} s"
        );

    public string Subject => process.Name;

    public string? Problem => process.Clock is null ? FakeClock.Problem : null;

    public TimeSpan Length => TimeSpan.FromSeconds(4);

    public Task InjectAsync()
    {
        process.Clock!.Jump(offset);
        return Task.CompletedTask;
    }

    public Task HealAsync()
    {
        process.Clock!.Jump(TimeSpan.Zero);
        return Task.CompletedTask;
    }
}
