using Platform.Common.V1;
using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Settings;

/// <summary>Decides on the settings of members.</summary>
public sealed class ConnectionSettingsHandler(
    IMemberStore members,
    IConnectionStore store,
    TimeProvider time
)
{
    // each lost round means that another change of this one member was stored
    private const int MaxRounds = 16;
    private const int MaxRecentMutations = 32;
    private static readonly TimeSpan RequestIdLifetime = Relationship.RequestIdLifetime;

    /// <summary>A member's settings.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.MemberDeleted"/>.</exception>
    public async Task<MemberSettings> GetAsync(
        string member,
        CancellationToken cancellationToken
    ) => Living(await members.GetAsync(member, cancellationToken).ConfigureAwait(false)).Settings;

    /// <summary>Changes a member's settings; they count for every call that starts after the answer.</summary>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.RequestIdReused"/>, <see cref="ErrorReason.MemberDeleted"/> or
    /// <see cref="ErrorReason.Contention"/>.
    /// </exception>
    public async Task<SettingsAnswer> UpdateAsync(
        string member,
        SettingsChange change,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        // settings are read strongly wherever they count, so any revision that is there stands for a state with them
        var revision = await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false);
        for (var round = 0; round < MaxRounds; round++)
        {
            var record = Living(
                await members.GetAsync(member, cancellationToken).ConfigureAwait(false)
            );
            var now = DateTimeOffset.FromUnixTimeMilliseconds(
                time.GetUtcNow().ToUnixTimeMilliseconds()
            );
            var known = record
                .RecentMutations.Where(mutation => now - mutation.Time < RequestIdLifetime)
                .ToList();
            if (request is not null && Find(known, request) is { } first)
            {
                return first;
            }
            var settings = change.Apply(record.Settings);
            if (request is null && settings == record.Settings)
            {
                return new SettingsAnswer(settings, revision);
            }
            if (request is not null)
            {
                known.Add(
                    new SettingsMutation(request.Id, request.Fingerprint, now, settings, revision)
                );
            }
            var next = record with
            {
                Settings = settings,
                RecentMutations = [.. known.TakeLast(MaxRecentMutations)],
            };
            if (
                await members.TryStoreAsync(next, cancellationToken).ConfigureAwait(false)
                is not null
            )
            {
                return new SettingsAnswer(settings, revision);
            }
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many callers changed this member's document at once; nothing was stored."
        );
    }

    private static SettingsAnswer? Find(List<SettingsMutation> known, RequestKey request)
    {
        var mutation = known.Find(mutation =>
            string.Equals(mutation.RequestId, request.Id, StringComparison.Ordinal)
        );
        if (mutation is null)
        {
            return null;
        }
        return string.Equals(mutation.Fingerprint, request.Fingerprint, StringComparison.Ordinal)
            ? new SettingsAnswer(mutation.Settings, mutation.Revision)
            : throw new DomainException(
                ErrorReason.RequestIdReused,
                "The request_id was used for a request with other content."
            );
    }

    private static MemberRecord Living(MemberRecord record) =>
        record.IsErased
            ? throw new DomainException(
                ErrorReason.MemberDeleted,
                "The member is being erased, or has been."
            )
            : record;
}
