using Google.Protobuf.WellKnownTypes;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Connections;

/// <summary>Standings as the contract has them.</summary>
internal static class StandingMapping
{
    public static V1.PairStanding ToProto(this PairStanding standing, string otherId) =>
        new()
        {
            OtherId = otherId,
            Status = (ConnectionStatus)standing.Check.Standing,
            InvitationId = standing.Check.PendingInvitation?.ToString() ?? "",
            SentTime = standing.SentTime?.ToTimestamp(),
            CoolDownEndTime = standing.CoolDownEnd?.ToTimestamp(),
            Blocks = standing.Blocks,
            Invite = ToProto(standing.Invite),
            Recommend = ToProto(standing.Recommend),
        };

    private static Permission? ToProto(PairPermission? permission) =>
        permission is { } asked
            ? new Permission
            {
                Allowed = asked.Refusal is null,
                RefusalReason = asked.Refusal is { } reason ? ErrorCatalog.NameOf(reason) : "",
                RefusedUntilTime = asked.Until?.ToTimestamp(),
            }
            : null;
}
