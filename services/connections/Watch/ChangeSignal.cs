namespace Platform.Connections.Watch;

/// <summary>Says that this process stored a change, so that its watchers hear of it at once and not at the next look.</summary>
public sealed class ChangeSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next <see cref="Raise"/>. Take it before looking: what comes while looking completes it too.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Wakes whoever waits.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    // whoever stores a change must not run what waits for it
    private static TaskCompletionSource New() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
