namespace Platform.Connections.Members;

/// <summary>
/// A place within a limit of a member, taken before the pair is changed. Slots stand in the order in which they were taken, and
/// are unique by <paramref name="Ticket"/>, <paramref name="Kind"/> and <paramref name="OtherId"/>.
/// </summary>
/// <param name="Kind">Which limit.</param>
/// <param name="OtherId">The other member of the pair that is changed.</param>
/// <param name="Number">The invitation of the pair that is sent or accepted; 0 for a block.</param>
/// <param name="Time">When it was taken.</param>
/// <param name="Ticket">The revision of the member's document that took it.</param>
/// <param name="IsConfirmed">The pair's document was seen to hold what the slot was taken for.</param>
public sealed record Slot(
    SlotKind Kind,
    string OtherId,
    int Number,
    DateTimeOffset Time,
    long Ticket,
    bool IsConfirmed = false
);
