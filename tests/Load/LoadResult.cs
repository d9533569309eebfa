using HdrHistogram;

namespace Platform.Load;

/// <summary>What came of a run.</summary>
/// <param name="methods">By operation.</param>
/// <param name="rate">Calls a second, as asked.</param>
/// <param name="duration">As asked.</param>
public sealed class LoadResult(IReadOnlyList<MethodFigures> methods, double rate, TimeSpan duration)
{
    private const int MostMoments = 120;

    private readonly LongConcurrentHistogram[] _moments =
    [
        .. Enumerable
            .Range(0, Math.Clamp((int)duration.TotalSeconds, 1, MostMoments))
            .Select(_ => new LongConcurrentHistogram(1, TimeSpan.TicksPerHour / 10, 2)),
    ];

    public IReadOnlyList<MethodFigures> Methods => methods;

    public double Rate => rate;

    /// <summary>How long calls were begun.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Calls that were due and not sent: the platform, or this program, did not keep up at all.</summary>
    public long NotSent { get; set; }

    /// <summary>By how much this program began calls late, in microseconds; it is part of their latencies.</summary>
    public LongConcurrentHistogram Lateness { get; } = new(1, TimeSpan.TicksPerHour / 10, 2);

    /// <summary>The latencies of all calls by when they were due, in equal parts of the run.</summary>
    public IReadOnlyList<LongConcurrentHistogram> Moments => _moments;

    /// <summary>How long such a part is.</summary>
    public TimeSpan Moment => duration / _moments.Length;

    public long Calls => methods.Sum(method => method.Latencies.TotalCount);

    public long Failed => methods.Sum(method => method.Failed.Values.Sum());

    /// <summary>Whether every call was sent and none failed.</summary>
    public bool IsGood => NotSent == 0 && Failed == 0;

    public void RecordAt(TimeSpan due, TimeSpan latency) =>
        _moments[Math.Min((int)(due / Moment), _moments.Length - 1)]
            .RecordValue(
                Math.Clamp((long)latency.TotalMicroseconds, 1, TimeSpan.TicksPerHour / 10)
            );
}
