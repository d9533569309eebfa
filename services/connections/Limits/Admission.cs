using Platform.Common.V1;
using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Limits;

/// <summary>
/// What one call of a member takes of the limits: slots before a pair is changed, kept if that came about and given back if not.
/// For one caller at a time; ended with <see cref="EndAsync"/>. <paramref name="known"/> is the actor's document, if it was just read.
/// </summary>
public sealed class Admission(
    MemberSlots slots,
    LimitPolicySource policy,
    string actor,
    string tier,
    MemberRecord? known = null
)
{
    private readonly Dictionary<string, SlotOutcome> _prepared = new(StringComparer.Ordinal);
    private readonly List<(string Member, Slot Slot)> _held = [];
    private readonly List<(string Member, Slot Slot)> _unneeded = [];

    /// <summary>The limits of whoever calls.</summary>
    public TierLimits Limits { get; } = policy.Of(tier);

    /// <summary>Takes the slots of several invitations at once; <see cref="RunAsync"/> then finds them.</summary>
    public async Task PrepareAsync(
        IReadOnlyList<SlotKey> invitations,
        CancellationToken cancellationToken
    )
    {
        var outcomes = await slots
            .TakeInvitationsAsync(actor, invitations, Limits, known, cancellationToken)
            .ConfigureAwait(false);
        for (var index = 0; index < outcomes.Count; index++)
        {
            _prepared[invitations[index].OtherId] = outcomes[index];
            Hold(actor, outcomes[index]);
        }
    }

    /// <summary>Runs a change of a pair that asks <see cref="AdmitAsync"/> before it stores.</summary>
    public async Task<RelationshipAnswer> RunAsync(
        MemberPair pair,
        Func<Task<RelationshipAnswer>> change
    )
    {
        try
        {
            var answer = await change().ConfigureAwait(false);
            GiveUp(pair, slot => Limits.WeeklyInvitations is null || !IsFor(slot, answer));
            return answer;
        }
        // after any other failure the change may have been stored: its slots are left to grow stale, or to prove right
        catch (DomainException refusal) when (refusal.Reason != ErrorReason.StoreUnavailable)
        {
            GiveUp(pair, _ => true);
            throw;
        }
    }

    /// <summary>Takes what a change of a pair needs; null if it may be stored now, else why not.</summary>
    public async Task<DomainException?> AdmitAsync(
        Relationship current,
        Relationship next,
        CancellationToken cancellationToken
    )
    {
        var side = next.Pair.SideOf(actor);
        var other = next.Pair.MemberAt(side.Other());
        if (next.BlockedBy.HasFlag(side))
        {
            return current.BlockedBy.HasFlag(side)
                ? null
                : await TakeAsync(
                        SlotKind.Block,
                        actor,
                        new SlotKey(other, Number: 0),
                        Limits,
                        cancellationToken
                    )
                    .ConfigureAwait(false)
                    ?? RefuseTooSlow(next.Pair);
        }
        var invitation = next.Invitation;
        if (invitation is null)
        {
            return null;
        }
        var key = new SlotKey(other, invitation.Number);
        DomainException? refusal = null;
        if (
            next.State == RelationshipState.Pending
            && invitation.Number != current.Invitation?.Number
        )
        {
            refusal = await AdmitInvitationAsync(key, cancellationToken).ConfigureAwait(false);
        }
        else if (
            next.State == RelationshipState.Connected
            && current.State != RelationshipState.Connected
        )
        {
            // whoever connects answers the other's invitation, which knows the other's tier
            refusal =
                await TakeAsync(SlotKind.Connection, actor, key, Limits, cancellationToken)
                    .ConfigureAwait(false)
                ?? await TakeAsync(
                        SlotKind.Connection,
                        key.OtherId,
                        key with
                        {
                            OtherId = actor,
                        },
                        policy.Of(invitation.Tier),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
        }
        return refusal ?? RefuseTooSlow(next.Pair);
    }

    /// <summary>Gives back what was not needed, in one write a member.</summary>
    public async Task EndAsync()
    {
        foreach (var ofMember in _unneeded.GroupBy(held => held.Member, StringComparer.Ordinal))
        {
            await slots
                .GiveBackAsync(ofMember.Key, [.. ofMember.Select(held => held.Slot)])
                .ConfigureAwait(false);
        }
        _unneeded.Clear();
    }

    private async Task<DomainException?> AdmitInvitationAsync(
        SlotKey key,
        CancellationToken cancellationToken
    )
    {
        var isPrepared = _prepared.Remove(key.OtherId, out var prepared);
        if (prepared?.Refusal is { } refusal)
        {
            return refusal;
        }
        if (Holds(actor, SlotKind.Invitation, key) || (isPrepared && prepared == SlotOutcome.Free))
        {
            return null;
        }
        Discard(actor, key.OtherId, SlotKind.Invitation);
        var outcomes = await slots
            .TakeInvitationsAsync(actor, [key], Limits, known, cancellationToken)
            .ConfigureAwait(false);
        Hold(actor, outcomes[0]);
        return outcomes[0].Refusal;
    }

    private async Task<DomainException?> TakeAsync(
        SlotKind kind,
        string member,
        SlotKey key,
        TierLimits limits,
        CancellationToken cancellationToken
    )
    {
        if (Holds(member, kind, key))
        {
            return null;
        }
        Discard(member, key.OtherId, kind);
        var outcome = await slots
            .TakeAsync(kind, member, key, limits, cancellationToken)
            .ConfigureAwait(false);
        Hold(member, outcome);
        return outcome.Refusal;
    }

    private bool Holds(string member, SlotKind kind, SlotKey key) =>
        _held.Any(held =>
            string.Equals(held.Member, member, StringComparison.Ordinal)
            && held.Slot.Kind == kind
            && string.Equals(held.Slot.OtherId, key.OtherId, StringComparison.Ordinal)
            && held.Slot.Number == key.Number
            && slots.IsUsable(held.Slot)
        );

    private void Hold(string member, SlotOutcome outcome)
    {
        if (outcome.Slot is { } slot)
        {
            _held.Add((member, slot));
        }
    }

    // a slot of this pair taken for something else than it comes to, or too long ago
    private void Discard(string member, string other, SlotKind kind)
    {
        var old = OfPair(MemberPair.Of(member, other))
            .Where(held =>
                held.Slot.Kind == kind
                && string.Equals(held.Member, member, StringComparison.Ordinal)
            )
            .ToList();
        _held.RemoveAll(old.Contains);
        _unneeded.AddRange(old);
    }

    private void GiveUp(MemberPair pair, Func<Slot, bool> isUnneeded)
    {
        var ofPair = OfPair(pair);
        _held.RemoveAll(ofPair.Contains);
        _unneeded.AddRange(ofPair.Where(held => isUnneeded(held.Slot)));
    }

    private List<(string Member, Slot Slot)> OfPair(MemberPair pair) =>
        [
            .. _held.Where(held =>
                pair.SideOf(held.Member) != Side.None && pair.SideOf(held.Slot.OtherId) != Side.None
            ),
        ];

    // nothing was stored; with slots that others may take for stale it must not be
    private DomainException? RefuseTooSlow(MemberPair pair) =>
        OfPair(pair).All(held => slots.IsUsable(held.Slot))
            ? null
            : new DomainException(
                ErrorReason.Contention,
                "It took too long to find out what the limits leave; nothing was stored."
            );

    private bool IsFor(Slot slot, RelationshipAnswer answer) =>
        slot.Kind == SlotKind.Invitation
        && answer.Invitation is { } invitation
        && invitation.Number == slot.Number
        && answer.Pair.MemberAt(invitation.Inviter) == actor;
}
