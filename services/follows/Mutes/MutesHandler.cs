using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Follows;
using Platform.Follows.Limits;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Follows.Mutes;

/// <summary>Decides about mutes.</summary>
public sealed class MutesHandler(IMuteStore store, IOptions<FollowsOptions> options)
{
    /// <summary>Mutes an entity.</summary>
    /// <exception cref="DomainException">SELF_FOLLOW, FOLLOW_LIMIT, MEMBER_DELETED, REQUEST_ID_REUSED, or the store's.</exception>
    public async Task<MuteWrite> MuteAsync(MuteChange change, CancellationToken cancellationToken)
    {
        if (change.Entity == Followable.Member(change.Member))
        {
            throw new DomainException(ErrorReason.SelfFollow, "A member cannot mute themselves.");
        }
        return await ChangeAsync(change, cancellationToken);
    }

    /// <summary>Mutes an entity no more.</summary>
    /// <exception cref="DomainException">NOT_MUTED, REQUEST_ID_REUSED, or the store's.</exception>
    public Task<MuteWrite> UnmuteAsync(MuteChange change, CancellationToken cancellationToken) =>
        ChangeAsync(change, cancellationToken);

    /// <summary>A page of a member's mutes, of a kind or of all.</summary>
    /// <param name="position">The name of the last one of the page before; null for the first page.</param>
    public async Task<(IReadOnlyList<Mute> Mutes, string? Next)> ListAsync(
        string member,
        FollowKind? kind,
        string? position,
        int size,
        CancellationToken cancellationToken
    )
    {
        var after = position is null ? ((int Kind, string Id)?)null : Read(position);
        var rest = (await store.ReadAsync(member, cancellationToken))
            .Where(mute => kind is null || mute.Entity.Kind == kind)
            .Where(mute => after is null || IsAfter(mute.Entity, after.Value))
            .ToList();
        return rest.Count <= size
            ? (rest, null)
            : (rest.GetRange(0, size), Write(rest[size - 1].Entity));
    }

    private async Task<MuteWrite> ChangeAsync(
        MuteChange change,
        CancellationToken cancellationToken
    )
    {
        var most = options.Value.MaxMutes;
        var write = await store.ChangeAsync(change, most, cancellationToken);
        return write.Outcome switch
        {
            MuteOutcome.Changed => write,
            MuteOutcome.NotMuted => throw new DomainException(
                ErrorReason.NotMuted,
                "The member does not mute this entity."
            ),
            MuteOutcome.LimitReached => throw new DomainException(
                ErrorReason.FollowLimit,
                $"The member may mute {most} entities, and does."
            ).WithQuota(FollowQuota.SubjectOf(change.Member), $"MUTES: at most {most}"),
            MuteOutcome.MemberDeleted => throw FollowsHandler.MemberDeleted(),
            _ => throw new DomainException(
                ErrorReason.RequestIdReused,
                "The request_id was already used for a request with other content."
            ),
        };
    }

    private static bool IsAfter(Followable entity, (int Kind, string Id) place) =>
        (int)entity.Kind > place.Kind
        || ((int)entity.Kind == place.Kind && string.CompareOrdinal(entity.Id, place.Id) > 0);

    private static string Write(Followable entity) => $"{(int)entity.Kind}{entity.Id}";

    private static (int Kind, string Id) Read(string position) =>
        position.Length > 1 && char.IsAsciiDigit(position[0])
            ? (position[0] - '0', position[1..])
            : throw PageToken.Foreign();
}
