using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Relationships;

/// <summary>
/// All that is between two members, as one document: the state machine of inviting and being connected. It is immutable;
/// each command decides on a new one, a repetition or a refusal, and whoever executes the decision stores it if the
/// revision is still the same. So of two who act at once one wins, and the other decides again on what the winner left.
/// </summary>
public sealed partial record Relationship
{
    /// <summary>How long a <c>request_id</c> is remembered.</summary>
    public static readonly TimeSpan RequestIdLifetime = TimeSpan.FromHours(24);

    /// <summary>How many mutations with a <c>request_id</c> a pair remembers at most; the oldest go first.</summary>
    public const int MaxRecentMutations = 32;

    /// <summary>
    /// How many transitions a pair remembers at most; the oldest go first. A watcher that was away while a pair changed more
    /// often than this cannot be told all of it, and its cursor expires.
    /// </summary>
    public const int MaxLedger = 64;

    /// <summary>The two members.</summary>
    public required MemberPair Pair { get; init; }

    /// <summary>What stands between them.</summary>
    public RelationshipState State { get; init; }

    /// <summary>Who of the two blocks the other.</summary>
    public Side BlockedBy { get; init; }

    /// <summary>
    /// The number of the latest invitation when one of the two last blocked the other; 0 if nobody ever did. What began under this
    /// invitation or an earlier one ended with the block: a number, because times of two replicas say nothing about what came first.
    /// </summary>
    public int BlockedThrough { get; init; }

    /// <summary>The latest invitation; null when there never was one.</summary>
    public Invitation? Invitation { get; init; }

    /// <summary>Since when the two are in this state: the time by which lists order them.</summary>
    public DateTimeOffset StateTime { get; init; }

    /// <summary>Until when the low side may not invite.</summary>
    public DateTimeOffset? LowBarredUntil { get; init; }

    /// <summary>Until when the high side may not invite.</summary>
    public DateTimeOffset? HighBarredUntil { get; init; }

    /// <summary>Since when the low side blocks the high one; null while it does not.</summary>
    public DateTimeOffset? LowBlockTime { get; init; }

    /// <summary>Since when the high side blocks the low one; null while it does not.</summary>
    public DateTimeOffset? HighBlockTime { get; init; }

    /// <summary>When the low side last lifted a block, unless it blocks again.</summary>
    public DateTimeOffset? LowUnblockTime { get; init; }

    /// <summary>When the high side last lifted a block, unless it blocks again.</summary>
    public DateTimeOffset? HighUnblockTime { get; init; }

    /// <summary>
    /// When one of the two last blocked the other; it stays when the block is lifted.
    /// </summary>
    public DateTimeOffset? LastBlockTime { get; init; }

    /// <summary>The mutations that can be repeated, oldest first.</summary>
    public IReadOnlyList<RecentMutation> RecentMutations { get; init; } = [];

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<Transition> Ledger { get; init; } = [];

    /// <summary>The revision the store gave to the last change; 0 when nothing is stored.</summary>
    public long Revision { get; init; }

    /// <summary>What a check needs to know.</summary>
    public PairStatus Status =>
        new(
            State,
            Invitation?.Inviter ?? Side.None,
            Invitation?.Number ?? 0,
            BlockedBy,
            BlockedThrough
        );

    /// <summary>The relationship of two members between whom nothing ever happened.</summary>
    public static Relationship None(MemberPair pair) => new() { Pair = pair };

    private static Decision Refuse(ErrorReason reason, string message) =>
        Decision.Refuse(new DomainException(reason, message));

    private Side ActorOf(RelationshipCommand command)
    {
        var side = Pair.SideOf(command.Actor);
        return side != Side.None
            ? side
            : throw new ArgumentException("The actor is not of this pair.", nameof(command));
    }
}
