using Platform.Connections.Connections;
using Platform.Connections.Relationships;

namespace Platform.Connections.Watch;

/// <summary>A change as a watcher may know of it.</summary>
/// <param name="Kind">What happened, as far as the watcher may know; one of the contract.</param>
/// <param name="Pair">The two members.</param>
/// <param name="Actor">Who did it; <see cref="Side.None"/> when time did, or the watcher may not know.</param>
/// <param name="Time">When.</param>
/// <param name="InvitationNumber">The invitation concerned; 0 for none.</param>
/// <param name="Revision">The revision of the change.</param>
/// <param name="Standing">What stands between the two afterwards, as the low one sees it.</param>
public sealed record VisibleChange(
    TransitionKind Kind,
    MemberPair Pair,
    Side Actor,
    DateTimeOffset Time,
    int InvitationNumber,
    long Revision,
    ConnectionStanding Standing
);
