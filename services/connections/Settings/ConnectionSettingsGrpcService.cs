using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Connections.Invitations;
using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Settings;

/// <summary>Translates the contract of settings.</summary>
public sealed class ConnectionSettingsGrpcService(ConnectionSettingsHandler handler)
    : ConnectionSettingsService.ConnectionSettingsServiceBase
{
    private const string ListVisibilityField = "list_visibility";
    private const string InvitationAudienceField = "invitation_audience";

    /// <inheritdoc />
    public override async Task<GetConnectionSettingsResponse> GetConnectionSettings(
        GetConnectionSettingsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        return new GetConnectionSettingsResponse
        {
            Settings = SettingsMapping.ToProto(
                await handler.GetAsync(actor, context.CancellationToken)
            ),
        };
    }

    /// <inheritdoc />
    public override async Task<UpdateConnectionSettingsResponse> UpdateConnectionSettings(
        UpdateConnectionSettingsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var validator = new RequestValidator().RequestId(request.RequestId);
        var change = ReadChange(validator, request.Settings, request.UpdateMask);
        validator.ThrowIfInvalid();
        var answer = await handler.UpdateAsync(
            actor,
            change,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new UpdateConnectionSettingsResponse
        {
            Settings = SettingsMapping.ToProto(answer.Settings),
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    private static SettingsChange ReadChange(
        RequestValidator validator,
        ConnectionSettings? settings,
        FieldMask? mask
    )
    {
        if (settings is null)
        {
            validator.Add("settings", "required");
            return new SettingsChange(null, null);
        }
        validator
            .Optional($"settings.{ListVisibilityField}", settings.ListVisibility)
            .Optional($"settings.{InvitationAudienceField}", settings.InvitationAudience);
        foreach (
            var path in (mask?.Paths ?? []).Where(path =>
                path is not (ListVisibilityField or InvitationAudienceField)
            )
        )
        {
            validator.Add(
                "update_mask",
                $"may name {ListVisibilityField} and {InvitationAudienceField}"
            );
            break;
        }
        return new SettingsChange(
            IsChanged(ListVisibilityField, settings.ListVisibility != V1.ListVisibility.Unspecified)
                ? (Members.ListVisibility)settings.ListVisibility switch
                {
                    0 => MemberSettings.Default.ListVisibility,
                    var visibility => visibility,
                }
                : null,
            IsChanged(
                InvitationAudienceField,
                settings.InvitationAudience != V1.InvitationAudience.Unspecified
            )
                ? (Members.InvitationAudience)settings.InvitationAudience switch
                {
                    0 => MemberSettings.Default.InvitationAudience,
                    var audience => audience,
                }
                : null
        );

        bool IsChanged(string field, bool isSet) =>
            mask is null || mask.Paths.Count == 0 ? isSet : mask.Paths.Contains(field);
    }
}
