using System.Diagnostics;
using Grpc.Core;

namespace Platform.Load;

/// <summary>
/// Calls at a rate of its own: each begins when it is due, however long those before it take, and is measured from that moment. A load
/// that waits for answers would slow down with the platform, and leave out just the calls that would have waited ("coordinated omission").
/// Calls come at random moments, independent of each other, as those of many members do.
/// </summary>
/// <param name="rate">Calls a second.</param>
/// <param name="most">How many may be under way; what is due beyond that is not sent, and told.</param>
/// <param name="deadline">Of each call.</param>
public sealed class OpenLoop(double rate, int most, TimeSpan deadline, int seed)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private int _underWay;

    /// <summary>Runs for a time.</summary>
    public async Task<LoadResult> RunAsync(
        IReadOnlyList<Operation> operations,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var result = new LoadResult(
            [.. operations.Select(operation => new MethodFigures(operation))],
            rate,
            duration
        );
        var random = new Random(seed);
        var choice = new Choice(operations);
        var clock = Stopwatch.StartNew();
        var due = NextGap(random);
        using var timer = new PeriodicTimer(Tick);
        // told to stop, it reports what there is
        for (var number = 0L; due < duration && !cancellationToken.IsCancellationRequested; )
        {
            if (due > clock.Elapsed)
            {
                await timer.WaitForNextTickAsync(CancellationToken.None);
                continue;
            }
            if (Volatile.Read(ref _underWay) >= most)
            {
                result.NotSent++;
            }
            else
            {
                Interlocked.Increment(ref _underWay);
                var (at, index, seedOfCall, numberOfCall) = (
                    due,
                    choice.Draw(random),
                    random.Next(),
                    number
                );
                _ = Task.Run(
                    () => CallAsync(result, index, seedOfCall, numberOfCall, at, clock),
                    CancellationToken.None
                );
            }
            number++;
            due += NextGap(random);
        }
        result.Elapsed = clock.Elapsed;
        while (Volatile.Read(ref _underWay) > 0)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        return result;
    }

    private TimeSpan NextGap(Random random) =>
        TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / rate);

    private async Task CallAsync(
        LoadResult result,
        int index,
        int seedOfCall,
        long number,
        TimeSpan due,
        Stopwatch clock
    )
    {
        string? refused = null,
            failed = null;
        result.Lateness.RecordValue(Math.Max(1, (long)(clock.Elapsed - due).TotalMicroseconds));
        try
        {
            await result
                .Methods[index]
                .Operation.CallAsync(
                    new Random(seedOfCall),
                    number,
                    // the client library reads the real clock
                    new CallOptions(deadline: DateTime.UtcNow + deadline)
                );
        }
        catch (RpcException exception)
            when (exception.StatusCode
                    is StatusCode.NotFound
                        or StatusCode.AlreadyExists
                        or StatusCode.FailedPrecondition
            )
        {
            refused = exception.StatusCode.ToString();
        }
        catch (RpcException exception)
        {
            failed = exception.StatusCode.ToString();
        }
        catch (Exception exception)
        {
            failed = exception.GetType().Name;
        }
        finally
        {
            var latency = clock.Elapsed - due;
            result.Methods[index].Record(latency, refused, failed);
            result.RecordAt(due, latency);
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>Draws operations by their weights.</summary>
    private sealed class Choice
    {
        private readonly double[] _upTo;

        public Choice(IReadOnlyList<Operation> operations)
        {
            _upTo = new double[operations.Count];
            var sum = 0.0;
            for (var index = 0; index < operations.Count; index++)
            {
                sum += operations[index].Weight;
                _upTo[index] = sum;
            }
        }

        public int Draw(Random random)
        {
            var index = Array.BinarySearch(_upTo, random.NextDouble() * _upTo[^1]);
            return index < 0 ? ~index : Math.Min(index + 1, _upTo.Length - 1);
        }
    }
}
