using Platform.Common.V1;
using Platform.Connections.V1;

namespace Platform.Gateway.Relationships;

/// <summary>What the sources said; null where a source was not needed.</summary>
internal sealed record RelationshipAnswers(
    SourceAnswer<Standings>? Standings,
    SourceAnswer<NetworkColumns>? Network,
    SourceAnswer<FollowStandings>? Follows
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
            if (Network is not null)
            {
                yield return ("network", Network.Failure);
            }
            if (Follows is not null)
            {
                yield return ("follows", Follows.Failure);
            }
        }
    }
}
