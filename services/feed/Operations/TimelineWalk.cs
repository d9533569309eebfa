using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Platform.Feed.Timelines;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Feed.Operations;

/// <summary>Goes through timelines at a bounded rate.</summary>
public sealed class TimelineWalk(
    ITimelineStore timelines,
    IOptions<OperationOptions> options,
    TimeProvider time
)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    // Only where a part takes that long is there a report in the midst of it, so that who waits hears something: resuming from
    // it brings nobody further.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    /// <summary>All members who have a timeline, or the one who is named, timeline or not.</summary>
    /// <param name="memberId">Empty for all.</param>
    /// <param name="cursor">Of a step of an earlier walk; empty for the start.</param>
    public async IAsyncEnumerable<WalkStep> WalkAsync(
        string memberId,
        string cursor,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (memberId.Length > 0)
        {
            yield return new WalkStep(
                memberId,
                time.GetUtcNow(),
                "",
                IsLast: true,
                IsReportDue: true
            );
            yield break;
        }
        var (began, at) = cursor.Length == 0 ? (time.GetUtcNow(), "") : Parse(cursor);
        var pause = TimeSpan.FromSeconds(1 / options.Value.TimelinesPerSecond);
        var started = time.GetTimestamp();
        var reported = started;
        var walked = 0;
        do
        {
            var part = await timelines.ListOwnersAsync(at, cancellationToken);
            for (var index = 0; index < part.Members.Count; index++)
            {
                var early = (walked++ * pause) - time.GetElapsedTime(started);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, time, cancellationToken);
                }
                var isDue = time.GetElapsedTime(reported) >= LongestSilence;
                reported = isDue ? time.GetTimestamp() : reported;
                // whoever resumes in the midst of a part begins it anew
                yield return new WalkStep(
                    part.Members[index],
                    began,
                    Format(began, at),
                    IsLast: false,
                    isDue
                );
            }
            at = part.NextCursor;
            var isLast = at.Length == 0;
            var isReportDue = isLast || time.GetElapsedTime(reported) >= ReportEvery;
            reported = isReportDue ? time.GetTimestamp() : reported;
            yield return new WalkStep(null, began, Format(began, at), isLast, isReportDue);
        } while (at.Length > 0);
    }

    private static string Format(DateTimeOffset began, string at) =>
        string.Create(CultureInfo.InvariantCulture, $"{began.ToUnixTimeMilliseconds()}/{at}");

    private static (DateTimeOffset Began, string At) Parse(string cursor)
    {
        var end = cursor.IndexOf('/', StringComparison.Ordinal);
        return
            end > 0
            && long.TryParse(
                cursor.AsSpan(0, end),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var began
            )
            && began <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? (DateTimeOffset.FromUnixTimeMilliseconds(began), cursor[(end + 1)..])
            : throw CursorReader.Foreign();
    }
}
