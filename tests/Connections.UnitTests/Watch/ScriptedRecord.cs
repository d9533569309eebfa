using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Connections.UnitTests.Watch;

/// <summary>A store of which only the record of changes and the connected pairs are asked, and whose clock and delays a test sets.</summary>
internal sealed class ScriptedRecord : IConnectionStore
{
    private readonly SortedDictionary<string, Relationship> _pairs = new(StringComparer.Ordinal);

    private int _pages;

    /// <summary>The pairs that are connected, beside what the record tells.</summary>
    public List<ConnectedPair> Connected { get; } = [];

    /// <summary>Which reads of a page of <see cref="Connected"/>, counted from 1, find the store away.</summary>
    public HashSet<int> Outages { get; } = [];

    /// <summary>The clock, in revisions.</summary>
    public long Now { get; set; } = long.MaxValue;

    /// <summary>How long a change may take to become visible, in revisions.</summary>
    public long Unsettled { get; set; }

    /// <summary>Makes a pair visible, with a line for each of its revisions.</summary>
    public void Show(string low, params long[] revisions)
    {
        var pair = MemberPair.Of(low, "zzz");
        _pairs[low] = new Relationship
        {
            Pair = pair,
            Revision = revisions[^1],
            Ledger =
            [
                .. revisions.Select(revision => new Transition(
                    TransitionKind.Invited,
                    Side.Low,
                    DateTimeOffset.UnixEpoch,
                    1,
                    revision
                )),
            ],
        };
    }

    public Task<IReadOnlyList<Relationship>> ReadChangesAsync(
        long afterRevision,
        int limit,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<Relationship>>([
            .. _pairs
                .Values.Where(pair => pair.Revision > afterRevision)
                .OrderBy(pair => pair.Revision)
                .Take(limit),
        ]);

    public long SettledRevision(long revision) =>
        Unsettled == 0 ? revision : Math.Max(0, Math.Min(revision, Now) - Unsettled);

    public Task<long> GetRevisionAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_pairs.Values.Select(pair => pair.Revision).DefaultIfEmpty().Max());

    public Task<string> GetIdentityAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<PairStatus> GetStatusAsync(
        MemberPair pair,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        IReadOnlyList<MemberPair> pairs,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<Relationship> GetAsync(MemberPair pair, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ListState> ReadConnectionsStateAsync(
        string member,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, Relationship>> GetManyAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<Relationship?> TryStoreAsync(
        Relationship next,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<ListEntry>> ListAsync(
        ListQuery query,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<Relationship>> ListRelationshipsAsync(
        ListQuery query,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<long> CountAsync(
        string member,
        RelationshipList list,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<RelationshipList, long>> CountAllAsync(
        string member,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<Relationship>> ListExpiredAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<Relationship>> ListPairsAsync(
        MemberPair? after,
        int limit,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<ConnectedPair>> ListConnectedAsync(
        ConnectedPair? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (Outages.Remove(++_pages))
        {
            throw new DomainException(ErrorReason.StoreUnavailable, "The store is away.");
        }
        var start = after is { } last ? Connected.IndexOf(last) + 1 : 0;
        return Task.FromResult<IReadOnlyList<ConnectedPair>>([
            .. Connected.Skip(start).Take(limit),
        ]);
    }

    public Task<IReadOnlyList<Relationship>> ListToEraseAsync(
        string member,
        int limit,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<long> CountToEraseAsync(string member, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
