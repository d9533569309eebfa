using System.Diagnostics;

namespace Platform.Benchmarks.Harness;

/// <summary>
/// Times short work within this process, after a warm-up that lets the compiler settle. Processor time, so that what else runs
/// on the machine counts for as little as may be; the work must keep to its thread.
/// </summary>
public static class Timing
{
    // more than a processor's own cache, less than what several share
    private const int ColdBytes = 8 << 20;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);

    /// <summary>The median of the processor time of one call, in microseconds.</summary>
    /// <param name="samples">How often to measure.</param>
    /// <param name="work">The work; its argument counts up from 0.</param>
    /// <param name="callsASample">More than one where a call is too short for the clock.</param>
    public static double MedianMicroseconds(int samples, Action<int> work, int callsASample = 1)
    {
        Warm(samples * callsASample, work);
        return Median(samples, work, callsASample, () => Environment.CpuUsage.TotalTime);
    }

    /// <summary>The mean of the processor time of one call, in microseconds.</summary>
    /// <inheritdoc cref="MedianMicroseconds"/>
    public static double MeanMicroseconds(int samples, Action<int> work)
    {
        Warm(samples, work);
        var begin = Environment.CpuUsage.TotalTime;
        for (var call = 0; call < samples; call++)
        {
            work(call);
        }
        return (Environment.CpuUsage.TotalTime - begin).TotalMicroseconds / samples;
    }

    /// <summary>The median of the time on the wall of one call, in microseconds: to compare with another process.</summary>
    /// <inheritdoc cref="MedianMicroseconds"/>
    public static double MedianWallMicroseconds(int samples, Action<int> work)
    {
        Warm(samples, work);
        return Median(samples, work, 1, () => Stopwatch.GetElapsedTime(0));
    }

    /// <summary>
    /// The medians of the times on the wall of one call each of two kinds of work, in microseconds, done by turns, so that both
    /// see the machine alike. Each call finds the processor's own cache full of other things: what fits into that cache by
    /// itself has no advantage over what does not.
    /// </summary>
    /// <param name="samples">How often to measure each.</param>
    /// <param name="one">The one; its argument counts up from 0.</param>
    /// <param name="other">The other, likewise.</param>
    public static (double One, double Other) MedianColdMicroseconds(
        int samples,
        Action<int> one,
        Action<int> other
    )
    {
        Warm(samples, one);
        Warm(samples, other);
        var filling = new long[ColdBytes / sizeof(long)];
        var sink = 0L;
        double[] ones = new double[samples],
            others = new double[samples];
        for (var sample = 0; sample < samples; sample++)
        {
            ones[sample] = TimeCold(one, sample);
            others[sample] = TimeCold(other, sample);
        }
        GC.KeepAlive(sink);
        Array.Sort(ones);
        Array.Sort(others);
        return (ones[samples / 2], others[samples / 2]);

        double TimeCold(Action<int> work, int sample)
        {
            foreach (var value in filling)
            {
                sink += value;
            }
            var begin = Stopwatch.GetTimestamp();
            work(sample);
            return (Stopwatch.GetTimestamp() - begin) * 1e6 / Stopwatch.Frequency;
        }
    }

    /// <summary>The processor time of work that is done once, in seconds; all threads, the collector's too.</summary>
    public static double Seconds(Action work)
    {
        var begin = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - begin).TotalSeconds;
    }

    private static double Median(
        int samples,
        Action<int> work,
        int callsASample,
        Func<TimeSpan> clock
    )
    {
        var times = new double[samples];
        for (var sample = 0; sample < samples; sample++)
        {
            var begin = clock();
            for (var call = 0; call < callsASample; call++)
            {
                work((sample * callsASample) + call);
            }
            times[sample] = (clock() - begin).TotalMicroseconds / callsASample;
        }
        Array.Sort(times);
        return times[samples / 2];
    }

    private static void Warm(int calls, Action<int> work)
    {
        var clock = Stopwatch.StartNew();
        for (var call = 0; clock.Elapsed < WarmUp; call = (call + 1) % calls)
        {
            work(call);
        }
    }
}
