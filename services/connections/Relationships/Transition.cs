namespace Platform.Connections.Relationships;

/// <summary>One line of a pair's ledger, which is also the record of changes.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Actor">Who did it; <see cref="Side.None"/> when time did.</param>
/// <param name="Time">When.</param>
/// <param name="InvitationNumber">The invitation concerned.</param>
/// <param name="Revision">The revision the store gave to the change; 0 until it is stored.</param>
public sealed record Transition(
    TransitionKind Kind,
    Side Actor,
    DateTimeOffset Time,
    int InvitationNumber,
    long Revision
);
