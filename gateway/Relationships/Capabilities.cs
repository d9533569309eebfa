using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Platform.Relationships.V1;

namespace Platform.Gateway.Relationships;

/// <summary>
/// Capabilities out of an answer by columns. Those that are alike are one message, which therefore must not be changed.
/// </summary>
/// <param name="reasons">The reasons that the refusals name by their place.</param>
internal sealed class Capabilities(RepeatedField<string> reasons)
{
    public static readonly Capability Allowed = new() { State = CapabilityState.Allowed };

    private readonly Capability?[] _refusals = new Capability?[reasons.Count];

    /// <summary>What a refusal of a column means.</summary>
    /// <param name="refusal">0, or the place of its reason from 1.</param>
    /// <param name="until">From when on the refusal ends by itself, where it does.</param>
    public Capability Of(uint refusal, Timestamp? until = null)
    {
        if (refusal == 0)
        {
            return Allowed;
        }
        var place = (int)refusal - 1;
        return until is null
            ? _refusals[place] ??= Refused(reasons[place])
            : Refused(reasons[place], until);
    }

    /// <summary>It is refused with a reason.</summary>
    public static Capability Refused(string reason, Timestamp? until = null) =>
        new()
        {
            State = CapabilityState.Refused,
            Reason = reason,
            RefusedUntilTime = until,
        };

    /// <summary>It could not be found out, for a reason.</summary>
    public static Capability Unknown(string reason) =>
        new() { State = CapabilityState.Unknown, Reason = reason };
}
