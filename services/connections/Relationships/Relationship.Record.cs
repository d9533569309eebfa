using Platform.Common.V1;

namespace Platform.Connections.Relationships;

public sealed partial record Relationship
{
    /// <summary>This, with the revision that the store gives to what is new in it.</summary>
    public Relationship Stamped(long revision) =>
        this with
        {
            Revision = revision,
            Ledger =
            [
                .. Ledger.Select(line =>
                    line.Revision == 0 ? line with { Revision = revision } : line
                ),
            ],
            RecentMutations =
            [
                .. RecentMutations.Select(mutation =>
                    mutation.Revision == 0 ? mutation with { Revision = revision } : mutation
                ),
            ],
        };

    private Decision? FindRepetition(RelationshipCommand command, Side actor)
    {
        if (command.Request is not { } request)
        {
            return null;
        }
        foreach (var mutation in RecentMutations)
        {
            if (
                mutation.Actor == actor
                && string.Equals(mutation.RequestId, request.Id, StringComparison.Ordinal)
                && command.Now - mutation.Time < RequestIdLifetime
            )
            {
                return string.Equals(
                    mutation.Fingerprint,
                    request.Fingerprint,
                    StringComparison.Ordinal
                )
                    ? Decision.Repeat(
                        new RelationshipAnswer(Pair, mutation.Invitation, mutation.Revision)
                        {
                            BlockTime = mutation.BlockTime,
                        }
                    )
                    : Refuse(
                        ErrorReason.RequestIdReused,
                        "The request_id was used for a request with other content."
                    );
            }
        }
        return null;
    }

    private Decision Store(
        RelationshipCommand command,
        Side actor,
        TransitionKind kind,
        Relationship changed,
        Invitation? answer,
        DateTimeOffset? blockTime = null
    ) =>
        Decision.Store(
            Remember(command, actor, Advance(command.Now, actor, kind, changed), answer, blockTime),
            answer,
            blockTime
        );

    private static Relationship Remember(
        RelationshipCommand command,
        Side actor,
        Relationship next,
        Invitation? answer,
        DateTimeOffset? blockTime
    )
    {
        if (command.Request is not { } request)
        {
            return next;
        }
        var mutation = new RecentMutation(
            actor,
            request.Id,
            request.Fingerprint,
            command.Now,
            answer,
            Revision: 0
        )
        {
            BlockTime = blockTime,
        };
        return next with
        {
            RecentMutations =
            [
                .. next.RecentMutations.Append(mutation).TakeLast(MaxRecentMutations),
            ],
        };
    }

    private Relationship Advance(
        DateTimeOffset now,
        Side actor,
        TransitionKind kind,
        Relationship changed
    ) =>
        changed with
        {
            // a reminder or an undone decline does not move an invitation within the lists, which are in order of sending
            StateTime =
                changed.State == RelationshipState.Pending ? changed.Invitation!.SentTime : now,
            Ledger =
            [
                .. Ledger
                    .Append(
                        new Transition(
                            kind,
                            actor,
                            now,
                            changed.Invitation?.Number ?? 0,
                            Revision: 0
                        )
                    )
                    .TakeLast(MaxLedger),
            ],
            RecentMutations =
            [
                .. RecentMutations.Where(mutation => now - mutation.Time < RequestIdLifetime),
            ],
        };
}
