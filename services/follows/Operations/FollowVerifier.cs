using System.Runtime.CompilerServices;
using Platform.Follows.Entities;
using Platform.Follows.Follows;
using Platform.Follows.Storage;

namespace Platform.Follows.Operations;

/// <summary>
/// Compares both directions of all follows while traffic goes on. Sets are read in bulk, and what seems wrong is looked at again by
/// itself: it is a finding only if the follower's bucket stood still between two looks and the journal is not about to finish it.
/// </summary>
public sealed class FollowVerifier(IFollowStore store, IMemberStore members, FollowJournal journal)
{
    private const int CheckedTogether = 500;

    // A bucket that changes with every look is alive: whatever is wrong in it will be found the next time.
    private const int Looks = 20;

    /// <summary>Everything after a position, bucket by bucket, with a piece after each of them and within large ones.</summary>
    public async IAsyncEnumerable<VerifyProgress> VerifyAsync(
        VerifyPosition from,
        bool repair,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var tally = new Tally(from);
        for (var bucket = from.Buckets; bucket < FollowKeys.Buckets; bucket++)
        {
            await foreach (
                var findings in VerifyBucketAsync(bucket, repair, tally, cancellationToken)
            )
            {
                yield return tally.Progress(findings, isDone: false);
            }
            tally.Finish(bucket + 1);
            if (bucket + 1 < FollowKeys.Buckets)
            {
                yield return tally.Progress([], isDone: false);
            }
        }
        yield return tally.Progress([], isDone: true);
    }

    /// <summary>What one member follows, and who follows the member.</summary>
    public async IAsyncEnumerable<VerifyProgress> VerifyMemberAsync(
        string member,
        bool repair,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var tally = new Tally(default);
        await foreach (
            var findings in VerifyFollowingAsync(member, repair, tally, cancellationToken)
        )
        {
            yield return tally.Progress(findings, isDone: false);
        }
        await foreach (
            var findings in VerifyFollowersAsync(
                Followable.Member(member),
                repair,
                tally,
                cancellationToken
            )
        )
        {
            yield return tally.Progress(findings, isDone: false);
        }
        tally.Finish(FollowKeys.Buckets);
        yield return tally.Progress([], isDone: true);
    }

    private async IAsyncEnumerable<List<FollowFinding>> VerifyBucketAsync(
        int bucket,
        bool repair,
        Tally tally,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var member in await store.ListMembersAsync(bucket, cancellationToken))
        {
            await foreach (
                var findings in VerifyFollowingAsync(member, repair, tally, cancellationToken)
            )
            {
                yield return findings;
            }
        }
        foreach (var entity in await store.ListEntitiesAsync(bucket, cancellationToken))
        {
            await foreach (
                var findings in VerifyFollowersAsync(entity, repair, tally, cancellationToken)
            )
            {
                yield return findings;
            }
        }
    }

    private async IAsyncEnumerable<List<FollowFinding>> VerifyFollowingAsync(
        string member,
        bool repair,
        Tally tally,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var kind in Enum.GetValues<FollowKind>())
        {
            var pages = store.StreamFollowingAsync(
                member,
                kind,
                null,
                CheckedTogether,
                cancellationToken
            );
            await foreach (var page in pages)
            {
                FollowPair[] pairs =
                [
                    .. page.Entries.Select(entry => new FollowPair(
                        member,
                        new Followable(kind, entry.Id)
                    )),
                ];
                var findings = await CompareAsync(
                    pairs,
                    ofFollowing: true,
                    repair,
                    tally,
                    cancellationToken
                );
                if (kind == FollowKind.Member)
                {
                    findings.AddRange(
                        await ExamineBlocksAsync(pairs, repair, tally, cancellationToken)
                    );
                }
                if (page.Entries.Count > 0)
                {
                    yield return findings;
                }
            }
            var recent = await store.ReadNewestFollowingAsync(member, kind, cancellationToken);
            var strays = await ExamineRecentAsync(
                [.. recent.Select(id => new FollowPair(member, new Followable(kind, id)))],
                ofFollowing: true,
                repair,
                tally,
                cancellationToken
            );
            if (strays.Count > 0)
            {
                yield return strays;
            }
        }
    }

    private async IAsyncEnumerable<List<FollowFinding>> VerifyFollowersAsync(
        Followable entity,
        bool repair,
        Tally tally,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var pages = store.StreamFollowersAsync(entity, null, CheckedTogether, cancellationToken);
        await foreach (var page in pages)
        {
            FollowPair[] pairs =
            [
                .. page.Entries.Select(entry => new FollowPair(entry.Id, entity)),
            ];
            var findings = await CompareAsync(
                pairs,
                ofFollowing: false,
                repair,
                tally,
                cancellationToken
            );
            if (page.Entries.Count > 0)
            {
                yield return findings;
            }
        }
        var recent = await store.ReadNewestFollowersAsync(entity, cancellationToken);
        var strays = await ExamineRecentAsync(
            [.. recent.Select(id => new FollowPair(id, entity))],
            ofFollowing: false,
            repair,
            tally,
            cancellationToken
        );
        if (strays.Count > 0)
        {
            yield return strays;
        }
    }

    private Task<IReadOnlyList<bool>> HoldAsync(
        FollowPair[] pairs,
        bool ofFollowing,
        CancellationToken cancellationToken
    ) =>
        ofFollowing
            ? store.AreFollowingAsync(pairs, cancellationToken)
            : store.HaveInversesAsync(pairs, cancellationToken);

    /// <summary>Looks in bulk for pairs of one direction that the other lacks, and at each of them by itself.</summary>
    private async Task<List<FollowFinding>> CompareAsync(
        FollowPair[] pairs,
        bool ofFollowing,
        bool repair,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        tally.Edges += pairs.Length;
        var others = await HoldAsync(pairs, !ofFollowing, cancellationToken);
        var findings = new List<FollowFinding>();
        foreach (var pair in pairs.Where((_, index) => !others[index]))
        {
            if (await DisagreesAsync(pair, cancellationToken) is not { } kind)
            {
                continue;
            }
            if (repair)
            {
                // what the member follows is the truth: the inverse is made from it as after any change
                await journal.FinishAsync(
                    await store.TouchAsync(pair, cancellationToken),
                    cancellationToken
                );
            }
            findings.Add(tally.Found(new FollowFinding(kind, pair, repair)));
        }
        return findings;
    }

    private async Task<FollowFindingKind?> DisagreesAsync(
        FollowPair pair,
        CancellationToken cancellationToken
    )
    {
        for (var look = 0; look < Looks; look++)
        {
            var before = await store.InspectAsync(pair, cancellationToken);
            if (before.IsPending)
            {
                return null;
            }
            var inverse = (await store.HaveInversesAsync([pair], cancellationToken))[0];
            if (inverse == before.Following)
            {
                return null;
            }
            // nothing happened in the bucket in between: the two looks are one
            var after = await store.InspectAsync(pair, cancellationToken);
            if (after == before)
            {
                return before.Following
                    ? FollowFindingKind.MissingFollower
                    : FollowFindingKind.StrayFollower;
            }
        }
        return null;
    }

    private async Task<List<FollowFinding>> ExamineBlocksAsync(
        FollowPair[] pairs,
        bool repair,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        var findings = new List<FollowFinding>();
        if (pairs.Length == 0)
        {
            return findings;
        }
        // all of one follower
        var forbidden = await members.AreBlockedAsync(
            pairs[0].Follower,
            [.. pairs.Select(pair => pair.Entity.Id)],
            cancellationToken
        );
        foreach (var pair in pairs.Where((_, index) => forbidden[index]))
        {
            // both are read at one moment here
            var now = await store.InspectAsync(pair, cancellationToken);
            if (!now.Following || !now.IsForbidden)
            {
                continue;
            }
            if (repair)
            {
                var end = await store.ChangeAsync(
                    new FollowChange(pair, Follow: false, pair.Follower),
                    cancellationToken
                );
                if (end.Pending is { } pending)
                {
                    await journal.FinishAsync(pending, cancellationToken);
                }
            }
            findings.Add(tally.Found(new FollowFinding(FollowFindingKind.Blocked, pair, repair)));
        }
        return findings;
    }

    private async Task<List<FollowFinding>> ExamineRecentAsync(
        FollowPair[] pairs,
        bool ofFollowing,
        bool repair,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        var findings = new List<FollowFinding>();
        if (pairs.Length == 0)
        {
            return findings;
        }
        var held = await HoldAsync(pairs, ofFollowing, cancellationToken);
        foreach (var pair in pairs.Where((_, index) => !held[index]))
        {
            // a list and its set change in one step: what stands in the list still, and not in the set, is a finding
            var isStray = await store.IsStrayRecentAsync(
                pair,
                ofFollowing,
                drop: repair,
                cancellationToken
            );
            if (isStray)
            {
                findings.Add(
                    tally.Found(new FollowFinding(FollowFindingKind.StrayRecent, pair, repair))
                );
            }
        }
        return findings;
    }

    /// <summary>What was looked at and found so far.</summary>
    private sealed class Tally(VerifyPosition from)
    {
        private VerifyPosition _resume = from;
        private long _findings = from.Findings;
        private long _repaired = from.Repaired;

        public long Edges { get; set; } = from.Edges;

        public FollowFinding Found(FollowFinding finding)
        {
            _findings++;
            _repaired += finding.IsRepaired ? 1 : 0;
            return finding;
        }

        public void Finish(int buckets) =>
            _resume = new VerifyPosition(buckets, Edges, _findings, _repaired);

        public VerifyProgress Progress(IReadOnlyList<FollowFinding> findings, bool isDone) =>
            new(_resume, Edges, findings, _findings, _repaired, isDone);
    }
}
