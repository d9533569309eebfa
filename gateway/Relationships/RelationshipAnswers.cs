using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Follows.V1;

namespace Platform.Gateway.Relationships;

/// <summary>What the sources said; null where a source was not needed.</summary>
internal sealed record RelationshipAnswers(
    SourceAnswer<PairStanding>? Standings,
    SourceAnswer<MemberDegree>? Degrees,
    SourceAnswer<MutualConnectionsCount>? MutualCounts,
    SourceAnswer<FollowCheck>? Follows
)
{
    /// <summary>The sources that were asked, by the names that completeness gives them, and why each said nothing, if it did.</summary>
    public IEnumerable<(string Source, ErrorReason? Failure)> Sources
    {
        get
        {
            if (Standings is not null)
            {
                yield return ("connections", Standings.Failure);
            }
            if (Degrees is not null)
            {
                yield return ("network", Degrees.Failure);
            }
            if (MutualCounts is not null)
            {
                yield return ("network", MutualCounts.Failure);
            }
            if (Follows is not null)
            {
                yield return ("follows", Follows.Failure);
            }
        }
    }
}
