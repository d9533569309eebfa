using Microsoft.Extensions.Options;
using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Feed.Timelines;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Operations;

/// <summary>Compares timelines with what the stored posts and the present relations say.</summary>
public sealed class VerifyHandler(
    TimelineWalk walk,
    TimelineBuilder builder,
    ITimelineStore timelines,
    IPostStore posts,
    IOptions<TimelineOptions> options
)
{
    // some 100 bytes each: well below the largest message
    private const int MostFindingsInAReport = 2000;

    /// <summary>Verifies the timeline of one member, or all that there are.</summary>
    /// <param name="memberId">Empty for all.</param>
    /// <param name="repair">Whether a timeline with a finding is built anew.</param>
    /// <param name="cursor">Of the progress of an earlier call; empty for the start.</param>
    /// <param name="report">Gets how far it is and what was found, at the end too.</param>
    /// <exception cref="DomainException">See <c>FeedOperationsService.VerifyFeed</c>.</exception>
    public async Task VerifyAsync(
        string memberId,
        bool repair,
        string cursor,
        Func<VerifyProgress, Task> report,
        CancellationToken cancellationToken
    )
    {
        var (verified, found, repaired) = (0L, 0L, 0L);
        var findings = new List<FeedFinding>();
        await foreach (var step in walk.WalkAsync(memberId, cursor, cancellationToken))
        {
            if (
                step.MemberId is { } member
                && await FindAsync(member, repair, cancellationToken) is { } ofMember
            )
            {
                verified++;
                found += ofMember.Count;
                repaired += ofMember.Count(finding => finding.IsRepaired);
                findings.AddRange(ofMember);
            }
            if (step.IsReportDue || findings.Count >= MostFindingsInAReport)
            {
                await report(
                    new VerifyProgress(
                        step.Cursor,
                        verified,
                        [.. findings],
                        found,
                        repaired,
                        step.IsLast
                    )
                );
                findings.Clear();
            }
        }
    }

    /// <returns>Null if the member has no timeline.</returns>
    private async Task<IReadOnlyList<FeedFinding>?> FindAsync(
        string member,
        bool repair,
        CancellationToken cancellationToken
    )
    {
        if (await ExamineAsync(member, cancellationToken) is not { } first)
        {
            return null;
        }
        if (first.Count == 0)
        {
            return first;
        }
        // A follow, a deletion or a delivery in the midst of looking makes things look wrong that are not, but not twice.
        var second = await ExamineAsync(member, cancellationToken) ?? [];
        var findings = second.Intersect(first).ToList();
        if (findings.Count == 0 || !repair)
        {
            return findings;
        }
        var isThere =
            await builder.RebuildAsync(member, open: false, unlessSince: null, cancellationToken)
            is not null;
        return findings.ConvertAll(finding => finding with { IsRepaired = isThere });
    }

    private async Task<IReadOnlyList<FeedFinding>?> ExamineAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        // in this order: what was delivered before is in the timeline
        var reference = await builder.ReferToAsync(member, cancellationToken);
        if (await timelines.InspectAsync(member, cancellationToken) is not { } timeline)
        {
            return null;
        }
        var findings = new List<FeedFinding>();
        var there = new HashSet<PostId>();
        foreach (var entry in timeline.Entries)
        {
            if (!there.Add(entry))
            {
                findings.Add(new FeedFinding(member, entry, FindingKind.Doubled));
            }
        }
        var stored = (await posts.GetManyAsync(there, cancellationToken)).ToDictionary(post =>
            post.Id
        );
        foreach (var id in there)
        {
            if (!stored.TryGetValue(id, out var post))
            {
                findings.Add(new FeedFinding(member, id, FindingKind.Dangling));
            }
            else if (!reference.Includes(post))
            {
                findings.Add(new FeedFinding(member, id, FindingKind.Unjustified));
            }
        }
        if (timeline.Mark is { } mark && reference.Matches(mark))
        {
            findings.AddRange(
                await MissingAsync(member, reference, timeline, there, cancellationToken)
            );
        }
        return [.. findings.Distinct()];
    }

    private async Task<IReadOnlyList<FeedFinding>> MissingAsync(
        string member,
        TimelineReference reference,
        Timeline timeline,
        HashSet<PostId> there,
        CancellationToken cancellationToken
    )
    {
        // a full timeline lets go at its end
        var end = timeline.Entries.Count < options.Value.Capacity ? default : timeline.Entries[^1];
        var missing = new List<FeedFinding>();
        foreach (var id in reference.Newest.Where(id => id > end && !there.Contains(id)))
        {
            // what is under way is not missing; nor is what is pulled from its author
            var record = await posts.GetRecordAsync(id, cancellationToken);
            if (record is { DeleteTime: null, Job.State: DeliveryState.Delivered })
            {
                missing.Add(new FeedFinding(member, id, FindingKind.Missing));
            }
        }
        return missing;
    }
}
