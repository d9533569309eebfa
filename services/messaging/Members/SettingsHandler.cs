using Platform.Common.V1;
using Platform.Messaging.Conversations;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Members;

/// <summary>Decides on the settings of members.</summary>
public sealed class SettingsHandler(IMemberStore members, TimeProvider time)
{
    // each lost round means that another change of this one member was stored
    private const int MaxRounds = 16;
    private const int MaxRecentMutations = 16;
    private static readonly TimeSpan RequestIdsCount = TimeSpan.FromHours(24);

    /// <summary>A member's settings.</summary>
    public async Task<MemberSettings> GetAsync(
        string memberId,
        CancellationToken cancellationToken
    ) => Living(await members.GetAsync(memberId, cancellationToken)).Settings;

    /// <summary>Changes a member's settings; they count for every call that starts after the answer.</summary>
    public async Task<MemberSettings> UpdateAsync(
        string memberId,
        SettingsChange change,
        string requestId,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var record = Living(await members.GetAsync(memberId, cancellationToken));
            var now = time.GetWholeMilliseconds();
            var known = record
                .RecentMutations.Where(mutation => now - mutation.Time < RequestIdsCount)
                .ToList();
            if (
                requestId.Length > 0
                && known.Find(mutation => mutation.RequestId == requestId) is { } first
            )
            {
                return first.Fingerprint == fingerprint
                    ? first.Settings
                    : throw Refusals.RequestIdReused();
            }
            var settings = change.Apply(record.Settings);
            if (requestId.Length > 0)
            {
                known.Add(new SettingsMutation(requestId, fingerprint, now, settings));
            }
            else if (settings == record.Settings)
            {
                return settings;
            }
            var next = record with
            {
                Settings = settings,
                RecentMutations = [.. known.TakeLast(MaxRecentMutations)],
            };
            if (await members.TryStoreAsync(next, cancellationToken) is not null)
            {
                return settings;
            }
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many callers changed this member's settings at once; nothing was stored."
        );
    }

    private static MemberRecord Living(MemberRecord member) =>
        member.IsErased ? throw Refusals.MemberDeleted() : member;
}
