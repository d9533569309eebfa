using Platform.Follows.V1;
using Platform.Relationships.V1;

namespace Platform.Gateway.Relationships;

/// <summary>What follows says stands between the viewer and each member, by the index of the member in the query.</summary>
internal sealed class FollowStandings
{
    private readonly BatchCheckFollowColumnsResponse _columns;
    private readonly Capabilities _capabilities;
    private readonly bool[]? _following;
    private readonly bool[]? _followers;
    private readonly bool[]? _muted;

    private FollowStandings(BatchCheckFollowColumnsResponse columns, int count)
    {
        _columns = columns;
        _capabilities = new Capabilities(columns.Reasons);
        _following = Columns.Expand(columns.FollowingIndexes, count);
        _followers = Columns.Expand(columns.FollowerIndexes, count);
        _muted = Columns.Expand(columns.MutedIndexes, count);
    }

    /// <summary>The answer about so many members; null where it is not about all of them.</summary>
    public static FollowStandings? Of(
        BatchCheckFollowColumnsResponse columns,
        int count,
        bool withRefusals
    ) =>
        withRefusals && columns.FollowRefusals.Count != count
            ? null
            : new FollowStandings(columns, count);

    public bool Follows(int index) => _following is not null && _following[index];

    public bool IsFollowedBy(int index) => _followers is not null && _followers[index];

    public bool Mutes(int index) => _muted is not null && _muted[index];

    public Capability FollowOf(int index) => _capabilities.Of(_columns.FollowRefusals[index]);
}
