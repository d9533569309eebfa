using Platform.Connections.Members;
using Platform.Connections.Settings;
using Platform.ServiceDefaults.Validation;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Operations;

/// <summary>Between the settings of a member and their record.</summary>
internal static class SettingsRecords
{
    /// <summary>The record of a member's settings.</summary>
    public static Proto.MemberSettingsRecord Of(MemberRecord member) =>
        new() { MemberId = member.MemberId, Settings = SettingsMapping.ToProto(member.Settings) };

    /// <summary>The settings of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="path">Its field in the request.</param>
    /// <exception cref="ServiceDefaults.Errors.DomainException">INVALID_REQUEST; names every field that is wrong.</exception>
    public static MemberSettings Read(Proto.MemberSettingsRecord record, string path)
    {
        var settings = record.Settings ?? new Proto.ConnectionSettings();
        new RequestValidator()
            .MemberId($"{path}.member_id", record.MemberId)
            .Required($"{path}.settings.list_visibility", settings.ListVisibility)
            .Required($"{path}.settings.invitation_audience", settings.InvitationAudience)
            .ThrowIfInvalid();
        return new MemberSettings(
            (ListVisibility)settings.ListVisibility,
            (InvitationAudience)settings.InvitationAudience
        );
    }
}
