using System.Diagnostics;

namespace Platform.Testing;

/// <summary>Waits for a condition instead of sleeping for a while.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    /// <summary>Asks until the condition holds.</summary>
    /// <param name="awaited">What is awaited, for the message.</param>
    /// <exception cref="TimeoutException">It did not hold in time; the message says what was awaited.</exception>
    public static async Task HoldsAsync(
        string awaited,
        Func<Task<bool>> condition,
        TimeSpan? timeout = null
    )
    {
        var limit = timeout ?? TimeSpan.FromSeconds(20);
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {awaited}");
            }
            await Task.Delay(Pause);
        }
    }
}
