using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Platform.Connections.Network;
using Platform.Connections.Relationships;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Connections;

/// <summary>Standings as the contract has them by columns.</summary>
internal static class StandingColumnsMapping
{
    public static StandingColumns ToColumns(
        this IReadOnlyList<PairStanding> standings,
        bool includePermissions
    )
    {
        var columns = new StandingColumns();
        var reasons = new ReasonColumn(columns.Reasons);
        columns.Statuses.Capacity = standings.Count;
        if (includePermissions)
        {
            columns.InviteRefusals.Capacity = columns.RecommendRefusals.Capacity = standings.Count;
        }
        for (var at = 0; at < standings.Count; at++)
        {
            var (index, standing) = ((uint)at, standings[at]);
            columns.Statuses.Add((ConnectionStatus)standing.Check.Standing);
            if (standing.Check.PendingInvitation is { } invitation)
            {
                columns.Invitations.Add(
                    new IndexedInvitation
                    {
                        Index = index,
                        InvitationId = invitation.ToString(),
                        SentTime = standing.SentTime?.ToTimestamp(),
                    }
                );
            }
            columns.CoolDownEnds.Add(standing.CoolDownEnd, index);
            if (standing.Blocks)
            {
                columns.BlockedIndexes.Add(index);
            }
            if (includePermissions)
            {
                columns.InviteRefusals.Add(reasons.PlaceOf(standing.Invite?.Refusal));
                columns.InviteRefusalEnds.Add(standing.Invite?.Until, index);
                columns.RecommendRefusals.Add(reasons.PlaceOf(standing.Recommend?.Refusal));
            }
        }
        return columns;
    }

    public static NetworkColumns ToColumns(this NetworkAnswer<NetworkStandings> answer)
    {
        var columns = new NetworkColumns { Revision = RevisionToken.Write(answer.Revision) };
        columns.Degrees.Capacity = answer.Value.Degrees.Count;
        foreach (var degree in answer.Value.Degrees)
        {
            columns.Degrees.Add((Degree)degree);
        }
        columns.MutualCounts.Capacity = answer.Value.MutualCounts.Count;
        foreach (var count in answer.Value.MutualCounts)
        {
            columns.MutualCounts.Add((uint)count);
        }
        return columns;
    }

    // the time of a limit is the same for all whom it refuses
    private static void Add(this RepeatedField<IndexedTime> times, DateTimeOffset? time, uint index)
    {
        if (time?.ToTimestamp() is not { } end)
        {
            return;
        }
        if (times.Count == 0 || !times[^1].Time.Equals(end))
        {
            times.Add(new IndexedTime { Time = end });
        }
        times[^1].Indexes.Add(index);
    }
}
