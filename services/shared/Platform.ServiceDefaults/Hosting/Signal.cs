namespace Platform.ServiceDefaults.Hosting;

/// <summary>Wakes a loop of this process before its next turn.</summary>
public class Signal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next <see cref="Raise"/>. Take it before looking: what comes while looking completes it too.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Wakes whoever waits.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    // whoever raises it must not run what waits for it
    private static TaskCompletionSource New() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
