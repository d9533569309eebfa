using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Platform.Feed.Timelines;

namespace Platform.Feed.Operations;

/// <summary>Goes through timelines at a bounded rate.</summary>
public sealed class TimelineWalk(
    ITimelineStore timelines,
    IOptions<OperationOptions> options,
    TimeProvider time
)
{
    // so that whoever waits hears something, however slow the rate is
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);

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
            yield return new WalkStep(memberId, Cursor: "", IsLast: true, IsReportDue: true);
            yield break;
        }
        var pause = TimeSpan.FromSeconds(1 / options.Value.TimelinesPerSecond);
        var begun = time.GetTimestamp();
        var reported = begun;
        var walked = 0;
        do
        {
            var part = await timelines.ListOwnersAsync(cursor, cancellationToken);
            for (var index = 0; index < part.Members.Count; index++)
            {
                var early = (walked++ * pause) - time.GetElapsedTime(begun);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, time, cancellationToken);
                }
                var isDue = time.GetElapsedTime(reported) >= ReportEvery;
                reported = isDue ? time.GetTimestamp() : reported;
                // whoever resumes in the midst of a part begins it anew
                yield return new WalkStep(part.Members[index], cursor, IsLast: false, isDue);
            }
            cursor = part.NextCursor;
            yield return new WalkStep(
                MemberId: null,
                cursor,
                cursor.Length == 0,
                IsReportDue: true
            );
        } while (cursor.Length > 0);
    }
}
