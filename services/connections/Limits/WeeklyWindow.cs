using Platform.Connections.Members;
using Platform.ServiceDefaults.Limits;

namespace Platform.Connections.Limits;

/// <summary>The invitations of the last seven days, out of a member's slots.</summary>
internal static class WeeklyWindow
{
    private static readonly RollingWindow Week = new(TimeSpan.FromDays(7));

    /// <summary>How long an invitation counts.</summary>
    public static TimeSpan Length => Week.Length;

    /// <summary>Whether a slot still counts, if it is one of an invitation.</summary>
    public static bool Holds(Slot slot, DateTimeOffset now) =>
        slot.Kind == SlotKind.Invitation && Week.Holds(slot.Time, now);

    /// <summary>The invitations that count; one that was tried twice counts once.</summary>
    public static HashSet<SlotKey> Keys(IEnumerable<Slot> slots, DateTimeOffset now) =>
        [
            .. slots
                .Where(slot => Holds(slot, now))
                .Select(slot => new SlotKey(slot.OtherId, slot.Number)),
        ];

    /// <summary>When time makes room for one more, or frees the first where there is room; null when nothing is used.</summary>
    public static DateTimeOffset? NextFree(
        IEnumerable<Slot> slots,
        long limit,
        DateTimeOffset now
    ) =>
        Week.NextFree(
            slots
                .Where(slot => Holds(slot, now))
                .GroupBy(
                    slot => new SlotKey(slot.OtherId, slot.Number),
                    (_, tries) => tries.Max(slot => slot.Time)
                ),
            limit
        );
}
