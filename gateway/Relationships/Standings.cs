using Google.Protobuf.WellKnownTypes;
using Platform.Connections.V1;
using Platform.Relationships.V1;

namespace Platform.Gateway.Relationships;

/// <summary>What connections says stands between the viewer and each member, by the index of the member in the query.</summary>
internal sealed class Standings
{
    private readonly StandingColumns _columns;
    private readonly Capabilities _capabilities;
    private readonly IndexedInvitation?[]? _invitations;
    private readonly Timestamp?[]? _coolDownEnds;
    private readonly bool[]? _blocks;
    private readonly Timestamp?[]? _inviteRefusalEnds;

    private Standings(StandingColumns columns, int count)
    {
        _columns = columns;
        _capabilities = new Capabilities(columns.Reasons);
        _invitations = Columns.Expand(columns.Invitations, count);
        _coolDownEnds = Columns.Expand(columns.CoolDownEnds, count);
        _blocks = Columns.Expand(columns.BlockedIndexes, count);
        _inviteRefusalEnds = Columns.Expand(columns.InviteRefusalEnds, count);
    }

    /// <summary>The answer about so many members; null where it is not about all of them.</summary>
    public static Standings? Of(StandingColumns? columns, int count, bool withPermissions) =>
        columns is null
        || columns.Statuses.Count != count
        || (
            withPermissions
            && (columns.InviteRefusals.Count != count || columns.RecommendRefusals.Count != count)
        )
            ? null
            : new Standings(columns, count);

    public ConnectionStatus StatusOf(int index) => _columns.Statuses[index];

    public IndexedInvitation? InvitationOf(int index) => _invitations?[index];

    public Timestamp? CoolDownEndOf(int index) => _coolDownEnds?[index];

    public bool Blocks(int index) => _blocks is not null && _blocks[index];

    public Capability InviteOf(int index) =>
        _capabilities.Of(_columns.InviteRefusals[index], _inviteRefusalEnds?[index]);

    public Capability RecommendOf(int index) => _capabilities.Of(_columns.RecommendRefusals[index]);
}
