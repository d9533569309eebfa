using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Relationships;

/// <summary>What a command does to a relationship: a change to store, the first answer again, or a refusal.</summary>
public sealed record Decision
{
    private Decision() { }

    /// <summary>What has to be stored, with the revision of what was decided upon; null when nothing changes.</summary>
    public Relationship? Next { get; private init; }

    /// <summary>The answer; when <see cref="Next"/> is set its revision is known only after storing.</summary>
    public RelationshipAnswer? Answer { get; private init; }

    /// <summary>Why not; to be thrown by whoever executes the decision.</summary>
    public DomainException? Refusal { get; private init; }

    /// <summary>Store <paramref name="next"/>, then answer.</summary>
    public static Decision Store(
        Relationship next,
        Invitation? invitation,
        DateTimeOffset? blockTime = null
    ) =>
        new()
        {
            Next = next,
            Answer = new RelationshipAnswer(next.Pair, invitation, Revision: 0)
            {
                BlockTime = blockTime,
            },
        };

    /// <summary>Answer as the first time.</summary>
    public static Decision Repeat(RelationshipAnswer answer) => new() { Answer = answer };

    /// <summary>Refuse, changing nothing.</summary>
    public static Decision Refuse(DomainException refusal) => new() { Refusal = refusal };
}
