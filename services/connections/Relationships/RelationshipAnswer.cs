namespace Platform.Connections.Relationships;

/// <summary>What a change answers, the first time and whenever it is repeated.</summary>
/// <param name="Pair">The two members.</param>
/// <param name="Invitation">The invitation as it stood after the change; null after a removal.</param>
/// <param name="Revision">The revision of the store after the change.</param>
public sealed record RelationshipAnswer(MemberPair Pair, Invitation? Invitation, long Revision)
{
    /// <summary>Of a block, since when it stands; of an unblock, from when a new block is possible.</summary>
    public DateTimeOffset? BlockTime { get; init; }
}
