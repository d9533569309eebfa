using Platform.Common.V1;
using Platform.Connections.Limits;
using Platform.Connections.Storage;
using Platform.Connections.Telemetry;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Relationships;

/// <summary>Executes commands: reads the pair, lets it decide, stores by compare-and-set, and decides again when somebody was faster.</summary>
public sealed class RelationshipUpdater(
    IConnectionStore store,
    ChangeSignal signal,
    ConnectionMetrics metrics,
    TimeProvider time
)
{
    // each lost round means that another caller's change was stored; a pair has few changes left by then
    private const int MaxRounds = 16;

    /// <summary>The time of a change that is made now.</summary>
    public DateTimeOffset Now =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Decides on the pair and stores what comes of it.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="decide">Pure; called again on what another caller left.</param>
    /// <param name="cancellationToken">Ends it between rounds.</param>
    /// <exception cref="DomainException">The refusal decided on, or <see cref="ErrorReason.Contention"/>.</exception>
    public Task<RelationshipAnswer> UpdateAsync(
        MemberPair pair,
        Func<Relationship, Decision> decide,
        CancellationToken cancellationToken
    ) => UpdateAsync(pair, decide, admit: null, cancellationToken);

    /// <summary>Decides on the pair and stores what comes of it, if limits allow it.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="decide">Pure; called again on what another caller left.</param>
    /// <param name="admission">Takes what the change needs before it is stored.</param>
    /// <param name="cancellationToken">Ends it between rounds.</param>
    /// <exception cref="DomainException">The refusal decided on, that of a limit, or <see cref="ErrorReason.Contention"/>.</exception>
    public Task<RelationshipAnswer> UpdateAsync(
        MemberPair pair,
        Func<Relationship, Decision> decide,
        Admission admission,
        CancellationToken cancellationToken
    ) =>
        admission.RunAsync(
            pair,
            () => UpdateAsync(pair, decide, admission.AdmitAsync, cancellationToken)
        );

    /// <summary>Tells watchers and metrics of a change that this process has stored.</summary>
    public void Stored(Relationship relationship)
    {
        signal.Raise();
        metrics.Stored(relationship.Ledger[^1].Kind);
    }

    private async Task<RelationshipAnswer> UpdateAsync(
        MemberPair pair,
        Func<Relationship, Decision> decide,
        Func<Relationship, Relationship, CancellationToken, Task<DomainException?>>? admit,
        CancellationToken cancellationToken
    )
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var relationship = await store.GetAsync(pair, cancellationToken).ConfigureAwait(false);
            var decision = decide(relationship);
            if (decision.Refusal is { } refusal)
            {
                throw refusal;
            }
            if (decision.Next is not { } next)
            {
                return decision.Answer!;
            }
            if (
                admit is not null
                && await admit(relationship, next, cancellationToken).ConfigureAwait(false)
                    is { } full
            )
            {
                // what filled the last place may have been this very change, by the same caller's other try
                var now = await store.GetAsync(pair, cancellationToken).ConfigureAwait(false);
                if (now.Revision == relationship.Revision)
                {
                    throw full;
                }
                continue;
            }
            if (
                await store.TryStoreAsync(next, cancellationToken).ConfigureAwait(false) is
                { } stored
            )
            {
                Stored(next);
                return decision.Answer! with { Revision = stored.Revision };
            }
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many callers changed this pair at once; nothing was stored."
        );
    }
}
