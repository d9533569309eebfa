namespace Platform.Ctl.Import;

/// <summary>
/// What an import and its verification need of the platform. Every method fails with <see cref="Grpc.Core.RpcException"/>, and every one is
/// safe to repeat: the mutations with the same request id.
/// </summary>
public interface IConnectionGraph
{
    /// <summary>How many members <see cref="CheckAsync"/> takes at once.</summary>
    int MaxChecks { get; }

    /// <summary>What stands between a member and each of the others, in their order.</summary>
    Task<IReadOnlyList<PairCheck>> CheckAsync(string memberId, IReadOnlyList<string> others);

    /// <summary>Invites. The two are connected at once when the other one has invited before.</summary>
    Task<PairCheck> InviteAsync(string inviterId, string inviteeId, string requestId);

    /// <summary>Accepts a pending invitation.</summary>
    Task AcceptAsync(string inviteeId, string invitationId, string requestId);

    /// <summary>How many connections a member has.</summary>
    Task<long> CountAsync(string memberId);

    /// <summary>How many members <see cref="DegreesAsync"/> takes at once.</summary>
    int MaxDegrees { get; }

    /// <summary>How far each of the others is from a member: 0 to 3, null out of its network; in their order.</summary>
    Task<IReadOnlyList<int?>> DegreesAsync(string memberId, IReadOnlyList<string> others);
}
