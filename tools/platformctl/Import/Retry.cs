using Grpc.Core;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Import;

/// <summary>
/// Repeats calls that may succeed when repeated, a bounded number of times. Only for calls that are safe to repeat: reads, and
/// mutations with a request id.
/// </summary>
public sealed class Retry(TimeProvider time)
{
    /// <summary>
    /// With the pauses below, about 11 s of a call's own patience: longer than a gateway in local mode takes to restart.
    /// </summary>
    public const int Attempts = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private int _retries;

    /// <summary>How many calls were repeated so far.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <param name="call">The call. It is not given <paramref name="stop"/>: what was sent is waited for.</param>
    /// <param name="stop">Ends the pauses.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan pause;
            try
            {
                return await call();
            }
            catch (RpcException exception)
                when (attempt < Attempts
                    && GatewayFailure.From(exception) is var failure
                    && IsPassing(failure)
                )
            {
                pause = failure.RetryAfter ?? Pause(attempt);
                if (pause > LongestPause)
                {
                    throw;
                }
            }

            Interlocked.Increment(ref _retries);
            await Task.Delay(pause, time, stop);
        }
    }

    /// <summary>Whether the next try may go better. A used-up quota of a week is no such thing, though it has the same status.</summary>
    public static bool IsPassing(GatewayFailure failure) =>
        failure.Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Aborted
        || (failure.Code == StatusCode.ResourceExhausted && failure.Reason == "RATE_LIMITED");

    // Doubling, and up to half of it off, so that all calls in flight do not come back at once.
    private static TimeSpan Pause(int attempt)
    {
        var pause = FirstPause * Math.Pow(2, attempt - 1);
        var capped = pause < LongestPause ? pause : LongestPause;
        return capped * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
