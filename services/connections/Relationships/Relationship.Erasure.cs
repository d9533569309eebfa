namespace Platform.Connections.Relationships;

public sealed partial record Relationship
{
    /// <summary>
    /// Leaves nothing of the pair but one line for watchers: one of the two is erased. It does not say which; to the other that
    /// is a secret, and their next question is answered as for a member who never was.
    /// </summary>
    /// <returns>What has to be stored; null when it is done already.</returns>
    public Relationship? Erase(DateTimeOffset now)
    {
        if (State == RelationshipState.Erased)
        {
            return null;
        }
        var isMissed = State is RelationshipState.Pending or RelationshipState.Connected;
        return Erased(
            Pair,
            new Transition(
                isMissed ? TransitionKind.Removed : TransitionKind.Emptied,
                Side.None,
                now,
                Invitation?.Number ?? 0,
                Revision: 0
            )
        ) with
        {
            Revision = Revision,
        };
    }

    /// <summary>The document by which the record of changes says that a member was erased.</summary>
    public static Relationship Marker(string member, DateTimeOffset now) =>
        Erased(
            MemberPair.MarkerOf(member),
            new Transition(TransitionKind.MemberDeleted, Side.None, now, 0, Revision: 0)
        );

    private static Relationship Erased(MemberPair pair, Transition line) =>
        new()
        {
            Pair = pair,
            State = RelationshipState.Erased,
            StateTime = line.Time,
            Ledger = [line],
        };
}
