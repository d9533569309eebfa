using Platform.Common.V1;
using Platform.Relationships.V1;

namespace Platform.Gateway.Relationships;

/// <summary>What is asked of the services about a viewer and other members.</summary>
/// <param name="Authorization">The caller's own token: each service decides with it what the viewer may know.</param>
/// <param name="ViewerId">From whose point of view.</param>
/// <param name="TargetIds">The others, each once; valid ids.</param>
/// <param name="Parts">What to answer.</param>
internal sealed record RelationshipQuery(
    string Authorization,
    string ViewerId,
    IReadOnlyList<string> TargetIds,
    IReadOnlySet<RelationshipPart> Parts
)
{
    /// <summary>How fresh what connections says must be.</summary>
    public Consistency? ConnectionsConsistency { get; init; }

    /// <summary>How fresh what follows says must be.</summary>
    public Consistency? FollowsConsistency { get; init; }

    /// <summary>When the caller's time is up; null when it has all the time.</summary>
    public DateTime? Deadline { get; init; }

    // asked of every member, so not of the set: a bit a part
    private readonly int _parts = Parts.Aggregate(0, (bits, part) => bits | BitOf(part));

    /// <summary>Whether any of these parts is asked for.</summary>
    public bool Wants(params ReadOnlySpan<RelationshipPart> parts)
    {
        var wanted = 0;
        foreach (var part in parts)
        {
            wanted |= BitOf(part);
        }
        return (_parts & wanted) != 0;
    }

    private static int BitOf(RelationshipPart part) => 1 << (int)part;
}
