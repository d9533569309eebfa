using System.Collections.Concurrent;
using HdrHistogram;

namespace Platform.Load;

/// <summary>What came of the calls of one method. From any thread.</summary>
public sealed class MethodFigures(Operation operation)
{
    // what takes longer is counted as that
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private long _answered;

    public Operation Operation => operation;

    /// <summary>From when a call was due until its end, in microseconds; of all calls.</summary>
    public LongConcurrentHistogram Latencies { get; } = new(1, (long)Longest.TotalMicroseconds, 3);

    /// <summary>Calls with an answer, or with a refusal that is one.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Refusals by their code: answers to what was asked too late or twice, such as an invitation that is pending already.</summary>
    public ConcurrentDictionary<string, long> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Failures by their code: the platform did not do what it should.</summary>
    public ConcurrentDictionary<string, long> Failed { get; } = new(StringComparer.Ordinal);

    public void Record(TimeSpan latency, string? refused, string? failed)
    {
        Latencies.RecordValue(
            Math.Clamp((long)latency.TotalMicroseconds, 1, (long)Longest.TotalMicroseconds)
        );
        if (failed is not null)
        {
            Failed.AddOrUpdate(failed, 1, static (_, count) => count + 1);
            return;
        }
        Interlocked.Increment(ref _answered);
        if (refused is not null)
        {
            Refused.AddOrUpdate(refused, 1, static (_, count) => count + 1);
        }
    }
}
