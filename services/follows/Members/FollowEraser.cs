using Platform.Follows.Entities;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Hosting;

namespace Platform.Follows.Members;

/// <summary>
/// Erases a member, a bounded piece a call. What is left is found anew each time, so that whoever calls again goes on, also
/// after a crash.
/// </summary>
public sealed class FollowEraser(IFollowStore store, IMemberStore members, FollowJournal journal)
{
    /// <summary>How many follows one call ends.</summary>
    public const int Piece = 1_000;

    private const int EndedTogether = 16;

    /// <summary>Raised when this process has begun an erasure that a worker is to finish.</summary>
    public Signal Begun { get; } = new();

    /// <summary>
    /// Begins an erasure and leaves the rest to <see cref="ErasureWorker"/>, of whatever replica. Beginning again goes on, and finds
    /// nothing to do where nothing is left.
    /// </summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException">The store's; then begin again.</exception>
    public async Task BeginAsync(string member, CancellationToken cancellationToken)
    {
        // who is marked and not remembered would stay half erased
        await members.RememberErasureAsync(member, cancellationToken);
        await members.MarkDeletedAsync(member, cancellationToken);
        Begun.Raise();
    }

    /// <summary>Goes on with an erasure, or begins it. Answers whether nothing is left, and how many follows were ended.</summary>
    public async Task<(bool Done, long Ended)> DeleteAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        // first: from here on no follow is made that this would have to find
        await members.MarkDeletedAsync(member, cancellationToken);
        var ended = 0L;
        foreach (var kind in Enum.GetValues<FollowKind>())
        {
            ended += await EndAsync(
                position =>
                    store.ListFollowingAsync(
                        member,
                        kind,
                        recentFirst: false,
                        position,
                        Piece,
                        cancellationToken
                    ),
                id => new FollowPair(member, new Followable(kind, id)),
                Piece - ended,
                cancellationToken
            );
        }
        ended += await EndAsync(
            position =>
                store.ListFollowersAsync(
                    Followable.Member(member),
                    recentFirst: false,
                    position,
                    Piece,
                    cancellationToken
                ),
            id => new FollowPair(id, Followable.Member(member)),
            Piece - ended,
            cancellationToken
        );
        var done = ended < Piece && await members.ForgetAsync(member, cancellationToken);
        return (done, ended);
    }

    private async Task<long> EndAsync(
        Func<string?, Task<FollowPage>> read,
        Func<string, FollowPair> pairOf,
        long most,
        CancellationToken cancellationToken
    )
    {
        var ended = 0L;
        string? position = null;
        while (ended < most)
        {
            var page = await read(position);
            var pairs = page.Entries.Take((int)(most - ended)).Select(entry => pairOf(entry.Id));
            await Parallel.ForEachAsync(
                pairs,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = EndedTogether,
                    CancellationToken = cancellationToken,
                },
                async (pair, token) =>
                {
                    await EndAsync(pair, token);
                    Interlocked.Increment(ref ended);
                }
            );
            if (page.Next is null)
            {
                break;
            }
            position = page.Next;
        }
        return ended;
    }

    private async Task EndAsync(FollowPair pair, CancellationToken cancellationToken)
    {
        var write = await store.ChangeAsync(
            new FollowChange(pair, Follow: false, pair.Follower),
            cancellationToken
        );
        // a follower that does not follow: what a crash or damage left behind
        var pending = write.Pending ?? await store.TouchAsync(pair, cancellationToken);
        await journal.FinishAsync(pending, cancellationToken);
    }
}
