using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Recommendations;

/// <summary>
/// Decides on recommendations: who may do what, and who sees which. What a block or an erasure hides is found in the pairs and
/// the members' records at each look, and not written into the recommendations.
/// </summary>
public sealed class RecommendationsHandler(
    IRecommendationStore store,
    IConnectionStore connections,
    IMemberStore members,
    TimeProvider time
)
{
    // each lost round means that another caller's change was stored; a thread has few changes left by then
    private const int MaxRounds = 16;
    private const int EraseBatch = 100;

    /// <summary>The recipient asks for a recommendation.</summary>
    /// <exception cref="DomainException">See <c>RecommendationsService.RequestRecommendation</c>.</exception>
    public Task<RecommendationAnswer> RequestAsync(
        string actor,
        string authorId,
        string text,
        string relationship,
        RequestKey? request,
        CancellationToken cancellationToken
    ) =>
        UpdateAsync(
            actor,
            KeyOf(authorId, actor),
            request,
            (thread, command) => thread.Request(command, text, relationship),
            cancellationToken
        );

    /// <summary>The author writes a recommendation.</summary>
    /// <exception cref="DomainException">See <c>RecommendationsService.WriteRecommendation</c>.</exception>
    public Task<RecommendationAnswer> WriteAsync(
        string actor,
        string recipientId,
        string text,
        string relationship,
        RequestKey? request,
        CancellationToken cancellationToken
    ) =>
        UpdateAsync(
            actor,
            KeyOf(actor, recipientId),
            request,
            (thread, command) => thread.Write(command, text, relationship),
            cancellationToken
        );

    /// <summary>Why a member may not write a recommendation for another to whom it stands so now; null when it may.</summary>
    /// <param name="authorId">Who would write.</param>
    /// <param name="recipientId">For whom; not the author.</param>
    /// <param name="pair">What stands between the two.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DomainException?> ObstacleToWriteAsync(
        string authorId,
        string recipientId,
        PairStatus pair,
        CancellationToken cancellationToken
    )
    {
        var key = KeyOf(authorId, recipientId);
        var thread =
            pair.State == RelationshipState.Connected
                ? await store.GetAsync(key, cancellationToken).ConfigureAwait(false)
                : RecommendationThread.None(key);
        return thread.ObstacleToWrite(pair);
    }

    /// <summary>Changes a recommendation that is there.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="id">Which.</param>
    /// <param name="request">Set when the caller named a <c>request_id</c>.</param>
    /// <param name="decide">What is done; pure, called again on what another caller left.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">The refusal decided on, RECOMMENDATION_NOT_FOUND, MEMBER_DELETED or CONTENTION.</exception>
    public Task<RecommendationAnswer> ChangeAsync(
        string actor,
        RecommendationId id,
        RequestKey? request,
        Func<RecommendationThread, RecommendationCommand, RecommendationDecision> decide,
        CancellationToken cancellationToken
    ) =>
        // strangers learn nothing: the answer is that of a recommendation that does not exist
        id.Key.RoleOf(actor)
            is null
            ? throw NotFound()
            : UpdateAsync(actor, id.Key, request, decide, cancellationToken);

    /// <summary>Reads a recommendation, as the viewer may see it.</summary>
    /// <exception cref="DomainException">RECOMMENDATION_NOT_FOUND or MEMBER_DELETED.</exception>
    public async Task<Recommendation> GetAsync(
        string viewer,
        RecommendationId id,
        CancellationToken cancellationToken
    )
    {
        var key = id.Key;
        await RefuseIfErasedAsync(viewer, cancellationToken).ConfigureAwait(false);
        var thread = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
        var isParty = key.RoleOf(viewer) is not null;
        if (
            thread.Latest is not { } recommendation
            || recommendation.Number != id.Number
            || !(isParty || recommendation.IsPublic)
        )
        {
            throw NotFound();
        }
        var seen = await SeeAsync(viewer, key.AuthorId, [thread], cancellationToken)
            .ConfigureAwait(false);
        if (
            !seen[0]
            || await HidesAsync(viewer, key.AuthorId, cancellationToken).ConfigureAwait(false)
        )
        {
            throw NotFound();
        }
        return isParty ? recommendation : recommendation.AsPublic();
    }

    /// <summary>
    /// A page of the recommendations that a member received or wrote, newest first: all for the member, the public part for others.
    /// It is full unless it is the last one, however much is hidden, so that pages do not tell what is left out.
    /// </summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="query">Whose, in which role, in which state, how many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The page as the viewer may see it, and whether there is more.</returns>
    /// <exception cref="DomainException">MEMBER_DELETED.</exception>
    public async Task<(IReadOnlyList<RecommendationThread> Page, bool More)> ListAsync(
        string viewer,
        RecommendationQuery query,
        CancellationToken cancellationToken
    )
    {
        await RefuseIfErasedAsync(viewer, cancellationToken).ConfigureAwait(false);
        var owns = string.Equals(viewer, query.MemberId, StringComparison.Ordinal);
        if (!owns)
        {
            if (
                query.State is not (null or RecommendationState.Accepted)
                || await HidesAsync(viewer, query.MemberId, cancellationToken).ConfigureAwait(false)
            )
            {
                return ([], false);
            }
            query = query with { State = null, PublicOnly = true };
        }
        var limit = query.Limit;
        var visible = new List<RecommendationThread>();
        // one more than asked for tells whether there is a next page
        query = query with
        {
            Limit = limit + 1,
        };
        while (true)
        {
            var found = await store.ListAsync(query, cancellationToken).ConfigureAwait(false);
            var seen = await SeeAsync(viewer, query.MemberId, found, cancellationToken)
                .ConfigureAwait(false);
            visible.AddRange(found.Where((_, index) => seen[index]));
            if (found.Count < query.Limit || visible.Count > limit)
            {
                break;
            }
            query = query with { After = PositionOf(found[^1], query.Role) };
        }
        return (
            [
                .. visible
                    .Take(limit)
                    .Select(thread =>
                        owns ? thread : thread with { Latest = thread.Latest!.AsPublic() }
                    ),
            ],
            visible.Count > limit
        );
    }

    /// <summary>The place of a recommendation in a list of one who has this role in it.</summary>
    public static ListPosition PositionOf(RecommendationThread thread, RecommendationRole role) =>
        new(thread.Latest!.CreateTime, OtherOf(thread, role));

    private static string OtherOf(RecommendationThread thread, RecommendationRole role) =>
        role == RecommendationRole.Author ? thread.Key.RecipientId : thread.Key.AuthorId;

    private static RecommendationKey KeyOf(string authorId, string recipientId) =>
        string.Equals(authorId, recipientId, StringComparison.Ordinal)
            ? throw new DomainException(
                ErrorReason.SelfRecommendation,
                "A member cannot recommend themselves."
            )
            : new RecommendationKey(authorId, recipientId);

    private static DomainException NotFound() =>
        new(ErrorReason.RecommendationNotFound, "There is no such recommendation.");

    private static DomainException Deleted() =>
        new(ErrorReason.MemberDeleted, "The member is being erased, or has been.");

    private async Task<RecommendationAnswer> UpdateAsync(
        string actor,
        RecommendationKey key,
        RequestKey? request,
        Func<RecommendationThread, RecommendationCommand, RecommendationDecision> decide,
        CancellationToken cancellationToken
    )
    {
        var revision = await connections.GetRevisionAsync(cancellationToken).ConfigureAwait(false);
        for (var round = 0; round < MaxRounds; round++)
        {
            var thread = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
            var pair = await StandingAsync(actor, key, cancellationToken).ConfigureAwait(false);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(
                time.GetUtcNow().ToUnixTimeMilliseconds()
            );
            var decision = decide(
                thread,
                new RecommendationCommand(actor, now, pair, revision, request)
            );
            if (decision.Refusal is { } refusal)
            {
                throw refusal;
            }
            if (decision.Next is not { } next)
            {
                return decision.Answer!;
            }
            if (
                await store.TryStoreAsync(next, cancellationToken).ConfigureAwait(false) is not null
            )
            {
                if (next.Revision == 0)
                {
                    await EraseIfErasedAsync(actor, key, cancellationToken).ConfigureAwait(false);
                }
                return decision.Answer!;
            }
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many callers changed this recommendation at once; nothing was stored."
        );
    }

    // An erased member is to the other as one who blocked for good.
    private async Task<PairStatus> StandingAsync(
        string actor,
        RecommendationKey key,
        CancellationToken cancellationToken
    )
    {
        var erased = await FindErasedAsync(actor, key, cancellationToken).ConfigureAwait(false);
        if (string.Equals(erased, actor, StringComparison.Ordinal))
        {
            throw Deleted();
        }
        var pair = await connections
            .GetStatusAsync(key.Pair, cancellationToken)
            .ConfigureAwait(false);
        return erased is null
            ? pair
            : pair with
            {
                State = RelationshipState.None,
                BlockedBy = key.Pair.SideOf(erased),
            };
    }

    // An erasure that began after the look above may have walked past this document before it was there. One that begins later
    // finds it.
    private async Task EraseIfErasedAsync(
        string actor,
        RecommendationKey key,
        CancellationToken cancellationToken
    )
    {
        if (
            await FindErasedAsync(actor, key, cancellationToken).ConfigureAwait(false)
            is not { } erased
        )
        {
            return;
        }
        while (
            await store
                .EraseMemberAsync(erased, EraseBatch, cancellationToken)
                .ConfigureAwait(false) > 0
        ) { }
        throw string.Equals(erased, actor, StringComparison.Ordinal)
            ? Deleted()
            : new DomainException(
                ErrorReason.NotFirstDegree,
                "Only first-degree connections recommend one another."
            );
    }

    // the actor, if both are
    private async Task<string?> FindErasedAsync(
        string actor,
        RecommendationKey key,
        CancellationToken cancellationToken
    )
    {
        var records = await members
            .GetManyAsync([key.AuthorId, key.RecipientId], cancellationToken)
            .ConfigureAwait(false);
        var erased = records.Where(member => member.IsErased).Select(member => member.MemberId);
        return erased
            .OrderByDescending(member => string.Equals(member, actor, StringComparison.Ordinal))
            .FirstOrDefault();
    }

    private async Task RefuseIfErasedAsync(string viewer, CancellationToken cancellationToken)
    {
        if ((await members.GetAsync(viewer, cancellationToken).ConfigureAwait(false)).IsErased)
        {
            throw Deleted();
        }
    }

    // whether all that a member wrote or received is hidden from a viewer
    private async Task<bool> HidesAsync(
        string viewer,
        string owner,
        CancellationToken cancellationToken
    )
    {
        if (string.Equals(viewer, owner, StringComparison.Ordinal))
        {
            return false;
        }
        var record = await members.GetAsync(owner, cancellationToken).ConfigureAwait(false);
        var pair = await connections
            .GetStatusAsync(MemberPair.Of(viewer, owner), cancellationToken)
            .ConfigureAwait(false);
        return record.IsErased || pair.BlockedBy != Side.None;
    }

    // Which of some recommendations of one owner are there for a viewer, as far as the other member of each is concerned.
    private async Task<IReadOnlyList<bool>> SeeAsync(
        string viewer,
        string owner,
        IReadOnlyList<RecommendationThread> threads,
        CancellationToken cancellationToken
    )
    {
        if (threads.Count == 0)
        {
            return [];
        }
        var others = threads
            .Select(thread =>
                OtherOf(thread, thread.Key.RoleOf(owner) ?? RecommendationRole.Author)
            )
            .ToList();
        var ofOwner = await connections
            .GetStatusesAsync(owner, others, cancellationToken)
            .ConfigureAwait(false);
        var ofViewer = string.Equals(viewer, owner, StringComparison.Ordinal)
            ? ofOwner
            : await connections
                .GetStatusesAsync(viewer, others, cancellationToken)
                .ConfigureAwait(false);
        var records = await members.GetManyAsync(others, cancellationToken).ConfigureAwait(false);
        return
        [
            .. threads.Select(
                (thread, index) =>
                    thread.Latest!.Outlives(ofOwner[index])
                    && ofViewer[index].BlockedBy == Side.None
                    && !records[index].IsErased
            ),
        ];
    }
}
