using Platform.Common.V1;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Settings;

/// <summary>What members decide about being followed.</summary>
public sealed class FollowSettingsHandler(IMemberStore members)
{
    /// <summary>The settings of a member; defaults where nothing was set.</summary>
    public async Task<MemberState> GetAsync(string member, CancellationToken cancellationToken) =>
        (await members.GetAsync([member], cancellationToken))[0];

    /// <summary>Changes settings.</summary>
    /// <exception cref="DomainException">MEMBER_DELETED, REQUEST_ID_REUSED, or the store's.</exception>
    public async Task<SettingsWrite> UpdateAsync(
        SettingsChange change,
        CancellationToken cancellationToken
    )
    {
        var write = await members.UpdateAsync(change, cancellationToken);
        return write.Outcome switch
        {
            SettingsOutcome.Changed => write,
            SettingsOutcome.MemberDeleted => throw FollowsHandler.MemberDeleted(),
            _ => throw new DomainException(
                ErrorReason.RequestIdReused,
                "The request_id was already used for a request with other content."
            ),
        };
    }
}
