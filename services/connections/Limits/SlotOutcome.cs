using Platform.Connections.Members;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Limits;

/// <summary>Whether a limit has room.</summary>
/// <param name="Slot">The slot taken; null also when there is room that needs none.</param>
/// <param name="Refusal">Why not; null when there is room.</param>
public sealed record SlotOutcome(Slot? Slot, DomainException? Refusal)
{
    /// <summary>Room that needs no slot.</summary>
    public static readonly SlotOutcome Free = new(null, null);
}
