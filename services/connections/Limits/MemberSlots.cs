using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Storage;

namespace Platform.Connections.Limits;

/// <summary>
/// Holds members to their limits exactly, however many callers race and whatever replica they call. A limit is counted over many pairs, each a document
/// of its own, so a change of a pair takes a slot in the member's document first, by compare-and-set, and slots stand in order.
/// <list type="bullet">
/// <item>The invitations of the week <i>are</i> their slots: there is room while there are fewer than the limit.</item>
/// <item>Of the other limits the member's list is the count. To it come the slots that were taken before one's own and have not
/// yet changed their pair; who comes before is decided by the order of slots, so of any number of callers as many get in as there is room for.</item>
/// <item>Connections and blocks take slots only near their limit (<see cref="NearLimit"/>); further away they only count.</item>
/// <item>A slot is given back when its pair was not changed. One that a crash left is no longer in anybody's hands after
/// <see cref="StaleAfter"/>; before it makes a difference the pair is asked whether it holds what the slot was for.</item>
/// </list>
/// </summary>
public sealed partial class MemberSlots
{
    /// <summary>
    /// How far from their limit connections and blocks are only counted: more changes of one member than this are never under
    /// way at once.
    /// </summary>
    public const int NearLimit = 1000;

    // what one process does to one member's document waits here, so only other replicas can be faster
    private const int MaxRounds = 64;
    private const int MaxLooks = 16;

    // how far clocks of replicas may differ, and a write may wait for its turn in a store that knows no timeout
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    private readonly IMemberStore _members;
    private readonly IConnectionStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<MemberSlots> _logger;
    private readonly SemaphoreSlim[] _turns =
    [
        .. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1, 1)),
    ];

    public MemberSlots(
        IMemberStore members,
        IConnectionStore store,
        IOptions<StorageOptions> storage,
        TimeProvider time,
        ILogger<MemberSlots> logger
    )
    {
        ArgumentNullException.ThrowIfNull(storage);
        _members = members;
        _store = store;
        _time = time;
        _logger = logger;
        UsableFor = 2 * storage.Value.CommandTimeout;
        StaleAfter = UsableFor + storage.Value.CommandTimeout + Tolerance;
    }

    /// <summary>How old a slot may be when the store is asked to change the pair.</summary>
    public TimeSpan UsableFor { get; }

    /// <summary>After this whatever was begun with a slot has come to an end.</summary>
    public TimeSpan StaleAfter { get; }

    /// <summary>Whether the pair may still be changed with this slot.</summary>
    public bool IsUsable(Slot slot) => _time.GetUtcNow() - slot.Time < UsableFor;

    /// <summary>
    /// Takes slots for invitations, in one write: in the order wanted, as many as the week and the pending ones leave room for.
    /// </summary>
    /// <param name="member">Whose limits.</param>
    /// <param name="wanted">What they are taken for.</param>
    /// <param name="limits">The member's limits.</param>
    /// <param name="known">The member's document, read a moment ago: saves a read if nobody has changed it since.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>An outcome for each that is wanted.</returns>
    /// <exception cref="DomainException"><see cref="ErrorReason.Contention"/>, or the store's.</exception>
    public async Task<IReadOnlyList<SlotOutcome>> TakeInvitationsAsync(
        string member,
        IReadOnlyList<SlotKey> wanted,
        TierLimits limits,
        MemberRecord? known,
        CancellationToken cancellationToken
    )
    {
        if (limits is { WeeklyInvitations: null, PendingInvitations: null })
        {
            return [.. wanted.Select(_ => SlotOutcome.Free)];
        }
        var outcomes = new SlotOutcome[wanted.Count];
        var taken = await ChangeAsync(
                member,
                async (record, now) =>
                {
                    var slots = Current(record, now);
                    var room = Room(slots, wanted, limits.WeeklyInvitations, now);
                    if (room.Contains(false))
                    {
                        slots = await ExamineAsync(member, slots, now, cancellationToken)
                            .ConfigureAwait(false);
                        room = Room(slots, wanted, limits.WeeklyInvitations, now);
                    }
                    var refusal = new Lazy<DomainException>(() =>
                        WeekIsFull(member, slots, limits, now)
                    );
                    var ours = new List<Slot>();
                    for (var index = 0; index < outcomes.Length; index++)
                    {
                        if (!room[index])
                        {
                            outcomes[index] = new SlotOutcome(null, refusal.Value);
                            continue;
                        }
                        var slot = new Slot(
                            SlotKind.Invitation,
                            wanted[index].OtherId,
                            wanted[index].Number,
                            now,
                            record.Revision + 1
                        );
                        outcomes[index] = new SlotOutcome(slot, null);
                        ours.Add(slot);
                    }
                    return record with { Slots = [.. slots, .. ours] };
                },
                cancellationToken,
                known
            )
            .ConfigureAwait(false);
        if (limits.PendingInvitations is { } limit)
        {
            await FitAsync(
                    taken,
                    outcomes,
                    limit,
                    SlotKind.Invitation,
                    PendingIsFull(member, limits),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        return outcomes;
    }

    /// <summary>Takes a slot for a connection or a block, if the limit is near enough to need one.</summary>
    /// <param name="kind">Connection or Block.</param>
    /// <param name="member">Whose limit.</param>
    /// <param name="key">What it is taken for.</param>
    /// <param name="limits">The member's limits.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException"><see cref="ErrorReason.Contention"/>, or the store's.</exception>
    public async Task<SlotOutcome> TakeAsync(
        SlotKind kind,
        string member,
        SlotKey key,
        TierLimits limits,
        CancellationToken cancellationToken
    )
    {
        if (limits.Of(QuotaOf(kind)) is not { } limit)
        {
            return SlotOutcome.Free;
        }
        var refusal = ListIsFull(kind, member, limit);
        var count = await _store
            .CountAsync(member, ListOf(kind), cancellationToken)
            .ConfigureAwait(false);
        if (count >= limit)
        {
            return new SlotOutcome(null, refusal);
        }
        if (limit - count > NearLimit)
        {
            return SlotOutcome.Free;
        }
        var outcomes = new SlotOutcome[1];
        var taken = await ChangeAsync(
                member,
                (record, now) =>
                {
                    var slot = new Slot(kind, key.OtherId, key.Number, now, record.Revision + 1);
                    outcomes[0] = new SlotOutcome(slot, null);
                    return Task.FromResult(record with { Slots = [.. Current(record, now), slot] });
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        await FitAsync(taken, outcomes, limit, kind, refusal, cancellationToken)
            .ConfigureAwait(false);
        return outcomes[0];
    }

    /// <summary>
    /// Gives slots back. Never fails a call whose change is done: a slot that cannot be given back now grows stale.
    /// </summary>
    public async Task GiveBackAsync(string member, IReadOnlyCollection<Slot> slots)
    {
        if (slots.Count == 0)
        {
            return;
        }
        try
        {
            await ChangeAsync(
                    member,
                    (record, now) =>
                        Task.FromResult(
                            record with
                            {
                                Slots =
                                [
                                    .. Current(record, now)
                                        .Where(slot => !slots.Any(given => IsSame(given, slot))),
                                ],
                            }
                        ),
                    // the caller may have gone; the slots are in others' way until then
                    CancellationToken.None
                )
                .ConfigureAwait(false);
        }
        catch (DomainException exception)
        {
            LogNotGivenBack(member, slots.Count, exception);
        }
    }

    /// <summary>Why a member could not invite one more now; takes nothing.</summary>
    public async Task<IReadOnlyList<DomainException>> ObstaclesToInviteAsync(
        string member,
        TierLimits limits,
        CancellationToken cancellationToken
    )
    {
        var obstacles = new List<DomainException>();
        if (limits is { WeeklyInvitations: null, PendingInvitations: null })
        {
            return obstacles;
        }
        var now = _time.GetUtcNow();
        var record = await _members.GetAsync(member, cancellationToken).ConfigureAwait(false);
        if (limits.WeeklyInvitations is { } week)
        {
            var slots = Current(record, now);
            if (WeeklyWindow.Keys(slots, now).Count >= week)
            {
                slots = await ExamineAsync(member, slots, now, cancellationToken)
                    .ConfigureAwait(false);
            }
            if (WeeklyWindow.Keys(slots, now).Count >= week)
            {
                obstacles.Add(WeekIsFull(member, slots, limits, now));
            }
        }
        if (
            limits.PendingInvitations is { } pending
            && await RoomAsync(
                    member,
                    [.. record.Slots.Where(slot => IsUnderWay(slot, SlotKind.Invitation, now))],
                    pending,
                    wanted: 1,
                    SlotKind.Invitation,
                    cancellationToken
                )
                .ConfigureAwait(false) < 1
        )
        {
            obstacles.Add(PendingIsFull(member, limits));
        }
        return obstacles;
    }

    /// <summary>Why a member could not have one more connection now; takes nothing. Null if it could.</summary>
    public async Task<DomainException?> ObstacleToConnectAsync(
        string member,
        TierLimits limits,
        CancellationToken cancellationToken
    ) =>
        limits.Connections is { } limit
        && await _store
            .CountAsync(member, RelationshipList.Connections, cancellationToken)
            .ConfigureAwait(false) >= limit
            ? ListIsFull(SlotKind.Connection, member, limit)
            : null;

    // Which of the wanted find room in the week. What has a slot already, from a try before, needs no other.
    private static bool[] Room(
        IReadOnlyList<Slot> slots,
        IReadOnlyList<SlotKey> wanted,
        long? limit,
        DateTimeOffset now
    )
    {
        var used = WeeklyWindow.Keys(slots, now);
        return
        [
            .. wanted.Select(key =>
            {
                if (limit is null || used.Contains(key))
                {
                    return true;
                }
                return used.Count < limit && used.Add(key);
            }),
        ];
    }

    // Takes back those of the slots just taken for which the list has no room.
    private async Task FitAsync(
        MemberRecord taken,
        SlotOutcome[] outcomes,
        long limit,
        SlotKind kind,
        DomainException refusal,
        CancellationToken cancellationToken
    )
    {
        var ours = outcomes.Select(outcome => outcome.Slot).OfType<Slot>().ToList();
        if (ours.Count == 0)
        {
            return;
        }
        var others = ours.Select(slot => slot.OtherId).ToHashSet(StringComparer.Ordinal);
        var now = ours[0].Time;
        // two callers who change the same pair take one place
        var before = taken
            .Slots.Where(slot =>
                slot.Ticket != ours[0].Ticket
                && IsUnderWay(slot, kind, now)
                && !others.Contains(slot.OtherId)
            )
            .ToList();
        var room = await RoomAsync(
                taken.MemberId,
                before,
                limit,
                ours.Count,
                kind,
                cancellationToken
            )
            .ConfigureAwait(false);
        var tooMany = new List<Slot>();
        for (var index = 0; index < outcomes.Length; index++)
        {
            if (outcomes[index].Slot is { } slot && room-- <= 0)
            {
                tooMany.Add(slot);
                outcomes[index] = new SlotOutcome(null, refusal);
            }
        }
        await GiveBackAsync(taken.MemberId, tooMany).ConfigureAwait(false);
    }

    /// <summary>
    /// How much room a list has, besides what is under way. The slots were read before this counts, so what is no longer among
    /// them is in the list. Of those that are, the pairs tell: asked before and after the count, with the same answer, they say
    /// which the count has met.
    /// </summary>
    private async Task<long> RoomAsync(
        string member,
        IReadOnlyList<Slot> underWay,
        long limit,
        int wanted,
        SlotKind kind,
        CancellationToken cancellationToken
    )
    {
        var list = ListOf(kind);
        var slots = underWay.DistinctBy(slot => slot.OtherId, StringComparer.Ordinal).ToList();
        var count = await _store.CountAsync(member, list, cancellationToken).ConfigureAwait(false);
        if (slots.Count == 0 || limit - count - slots.Count >= wanted)
        {
            return limit - count - slots.Count;
        }
        var others = slots.Select(slot => slot.OtherId).ToList();
        var before = await LookAsync().ConfigureAwait(false);
        for (var look = 0; look < MaxLooks; look++)
        {
            count = await _store.CountAsync(member, list, cancellationToken).ConfigureAwait(false);
            var after = await LookAsync().ConfigureAwait(false);
            if (before.SequenceEqual(after))
            {
                return limit - count - after.Count(standing => standing == Standing.UnderWay);
            }
            before = after;
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many callers changed the member's pairs at once; nothing was stored."
        );

        async Task<Standing[]> LookAsync()
        {
            var statuses = await _store
                .GetStatusesAsync(member, others, cancellationToken)
                .ConfigureAwait(false);
            return
            [
                .. slots.Select(
                    (slot, index) => StandingOf(slot, statuses[index], SideOf(member, slot))
                ),
            ];
        }
    }

    private enum Standing
    {
        /// <summary>The pair does not hold it; it may yet come to it.</summary>
        UnderWay,

        /// <summary>It stands in the list.</summary>
        Listed,

        /// <summary>It did, and has left it.</summary>
        Over,
    }

    private static Standing StandingOf(Slot slot, PairStatus status, Side side) =>
        slot.Kind switch
        {
            SlotKind.Connection when status.State == RelationshipState.Connected => Standing.Listed,
            SlotKind.Block when status.BlockedBy.HasFlag(side) => Standing.Listed,
            SlotKind.Invitation when IsHeld(slot, status, side) => status.State
                == RelationshipState.Pending
            && status.InvitationNumber == slot.Number
                ? Standing.Listed
                : Standing.Over,
            _ => Standing.UnderWay,
        };

    // Of an invitation that a later one of the pair replaced nothing tells who sent it; it is taken to be the slot's.
    private static bool IsHeld(Slot slot, PairStatus status, Side side) =>
        status.InvitationNumber > slot.Number
        || (status.InvitationNumber == slot.Number && status.Inviter == side);

    private bool IsUnderWay(Slot slot, SlotKind kind, DateTimeOffset now) =>
        slot.Kind == kind && !slot.IsConfirmed && !IsStale(slot, now);

    private bool IsStale(Slot slot, DateTimeOffset now) => now - slot.Time > StaleAfter;

    // Without those that count no more.
    private List<Slot> Current(MemberRecord record, DateTimeOffset now) =>
        [
            .. record.Slots.Where(slot =>
                slot.Kind == SlotKind.Invitation
                    ? WeeklyWindow.Holds(slot, now)
                    : !IsStale(slot, now)
            ),
        ];

    // Asks the pairs of stale slots: what they hold is confirmed once and for all, what they do not hold is dropped.
    private async Task<List<Slot>> ExamineAsync(
        string member,
        List<Slot> slots,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var doubtful = slots
            .Where(slot =>
                slot is { Kind: SlotKind.Invitation, IsConfirmed: false } && IsStale(slot, now)
            )
            .ToList();
        if (doubtful.Count == 0)
        {
            return slots;
        }
        var statuses = await _store
            .GetStatusesAsync(member, [.. doubtful.Select(slot => slot.OtherId)], cancellationToken)
            .ConfigureAwait(false);
        var held = doubtful
            .Where((slot, index) => IsHeld(slot, statuses[index], SideOf(member, slot)))
            .ToHashSet();
        var seen = new HashSet<SlotKey>();
        return
        [
            .. slots
                .Where(slot => held.Contains(slot) || !doubtful.Contains(slot))
                .Select(slot => held.Contains(slot) ? slot with { IsConfirmed = true } : slot)
                // an invitation that was tried twice needs one
                .Where(slot =>
                    !slot.IsConfirmed || seen.Add(new SlotKey(slot.OtherId, slot.Number))
                ),
        ];
    }

    // Compare-and-set until it is done. Nothing is written when nothing changes.
    private async Task<MemberRecord> ChangeAsync(
        string member,
        Func<MemberRecord, DateTimeOffset, Task<MemberRecord>> change,
        CancellationToken cancellationToken,
        MemberRecord? known = null
    )
    {
        var turn = _turns[(uint)StringComparer.Ordinal.GetHashCode(member) % _turns.Length];
        if (!turn.Wait(0, cancellationToken))
        {
            // whoever had it may have changed the document
            known = null;
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        try
        {
            for (var round = 0; round < MaxRounds; round++)
            {
                var record =
                    known
                    ?? await _members.GetAsync(member, cancellationToken).ConfigureAwait(false);
                known = null;
                var now = DateTimeOffset.FromUnixTimeMilliseconds(
                    _time.GetUtcNow().ToUnixTimeMilliseconds()
                );
                var next = await change(record, now).ConfigureAwait(false);
                if (next.Slots.SequenceEqual(record.Slots))
                {
                    return record;
                }
                if (
                    await _members.TryStoreAsync(next, cancellationToken).ConfigureAwait(false) is
                    { } stored
                )
                {
                    return stored;
                }
            }
        }
        finally
        {
            turn.Release();
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many callers took slots of this member at once; nothing was stored."
        );
    }

    private static bool IsSame(Slot one, Slot other) =>
        one.Ticket == other.Ticket
        && one.Kind == other.Kind
        && string.Equals(one.OtherId, other.OtherId, StringComparison.Ordinal);

    private static Side SideOf(string member, Slot slot) =>
        MemberPair.Of(member, slot.OtherId).SideOf(member);

    private static RelationshipList ListOf(SlotKind kind) =>
        kind switch
        {
            SlotKind.Invitation => RelationshipList.SentPending,
            SlotKind.Connection => RelationshipList.Connections,
            SlotKind.Block => RelationshipList.Blocked,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of slots."),
        };

    private static QuotaKind QuotaOf(SlotKind kind) =>
        kind == SlotKind.Block ? QuotaKind.Blocks : QuotaKind.Connections;

    private static DomainException WeekIsFull(
        string member,
        IReadOnlyList<Slot> slots,
        TierLimits limits,
        DateTimeOffset now
    )
    {
        var limit = limits.WeeklyInvitations!.Value;
        var refusal = new DomainException(
            ErrorReason.InvitationQuota,
            $"The member may send {limit} invitations a week, and has."
        ).WithQuota(SubjectOf(member), $"WEEKLY_INVITATIONS: at most {limit} in seven days");
        return WeeklyWindow.NextFree(slots, limit, now) is { } free
            ? refusal.WithRetryAfter(free - now)
            : refusal;
    }

    private static DomainException PendingIsFull(string member, TierLimits limits) =>
        new DomainException(
            ErrorReason.PendingQuota,
            $"The member may have {limits.PendingInvitations} invitations pending at once, and has."
        ).WithQuota(
            SubjectOf(member),
            $"PENDING_INVITATIONS: at most {limits.PendingInvitations} at once"
        );

    private static DomainException ListIsFull(SlotKind kind, string member, long limit) =>
        kind == SlotKind.Block
            ? new DomainException(
                ErrorReason.BlockLimit,
                $"The member may block {limit} others, and does."
            ).WithQuota(SubjectOf(member), $"BLOCKS: at most {limit}")
            : new DomainException(
                ErrorReason.ConnectionLimit,
                $"One of the two may have {limit} connections, and has."
            ).WithQuota(SubjectOf(member), $"CONNECTIONS: at most {limit}");

    private static string SubjectOf(string member) => $"member:{member}";

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} slots of {Member} could not be given back; they grow stale"
    )]
    private partial void LogNotGivenBack(string member, int count, Exception exception);
}
