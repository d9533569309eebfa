using Google.Protobuf.WellKnownTypes;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Limits;

/// <summary>Between the contract and the domain.</summary>
internal static class QuotaMapping
{
    /// <summary>A quota on the wire.</summary>
    public static Proto.Quota ToProto(Quota quota) =>
        new()
        {
            Kind = (Proto.QuotaKind)quota.Kind,
            Limit = quota.Limit,
            Used = quota.Used,
            Remaining = quota.Remaining,
            NextFreeTime = quota.NextFreeTime?.ToTimestamp(),
            Tier = quota.Tier,
        };
}
