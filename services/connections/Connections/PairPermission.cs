using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Connections;

/// <summary>Whether a member may do something to another.</summary>
/// <param name="Refusal">With which reason it would be refused; null when it is allowed.</param>
/// <param name="Until">When the refusal ends by itself; null where it does not.</param>
public readonly record struct PairPermission(ErrorReason? Refusal, DateTimeOffset? Until = null)
{
    /// <summary>What the first of some obstacles means; allowed when there is none.</summary>
    /// <param name="obstacles">As the method would refuse, the first being what it refuses with.</param>
    /// <param name="coolDownEnd">When the cool-down of the pair ends, should that be the obstacle.</param>
    /// <param name="now">From when a delay counts.</param>
    public static PairPermission Of(
        IReadOnlyList<DomainException> obstacles,
        DateTimeOffset? coolDownEnd,
        DateTimeOffset now
    ) =>
        obstacles is [var obstacle, ..]
            ? new PairPermission(
                obstacle.Reason,
                obstacle.Reason == ErrorReason.CoolDown ? coolDownEnd : now + obstacle.RetryAfter
            )
            : default;
}
