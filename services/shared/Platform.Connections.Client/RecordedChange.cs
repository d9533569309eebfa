namespace Platform.Connections.Client;

/// <summary>A change of a pair, from connections' record.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="FirstId">The member with the smaller id, or the one that was erased.</param>
/// <param name="SecondId">The other; empty for <see cref="RecordedChangeKind.MemberDeleted"/>.</param>
/// <param name="ActorId">Who did it; empty when time did.</param>
/// <param name="Sequence">
/// Grows with every change of a pair. A change may come again, and two replicas may apply at once, so what a consumer keeps
/// of a pair carries the number of the change that it comes from, and an older change is ignored.
/// </param>
/// <param name="Time">When it happened, by connections' clock.</param>
public sealed record RecordedChange(
    RecordedChangeKind Kind,
    string FirstId,
    string SecondId,
    string ActorId,
    long Sequence,
    DateTimeOffset Time
)
{
    /// <summary>The invitation concerned; empty for none.</summary>
    public string InvitationId { get; init; } = "";

    /// <summary>The other of the two than the actor; empty where there is no actor.</summary>
    public string OtherId =>
        ActorId.Length == 0 ? ""
        : string.Equals(ActorId, FirstId, StringComparison.Ordinal) ? SecondId
        : FirstId;
}
