using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Idempotency;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;
using FollowAudience = Platform.Follows.Storage.FollowAudience;
using FollowerCountVisibility = Platform.Follows.Storage.FollowerCountVisibility;

namespace Platform.Follows.Settings;

/// <summary>Translates the contract of settings.</summary>
public sealed class FollowSettingsGrpcService(FollowSettingsHandler handler)
    : FollowSettingsService.FollowSettingsServiceBase
{
    private const string CountVisibilityField = "follower_count_visibility";
    private const string AudienceField = "follow_audience";

    /// <inheritdoc />
    public override async Task<GetFollowSettingsResponse> GetFollowSettings(
        GetFollowSettingsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator().MemberId("member_id", member).ThrowIfInvalid();
        return new GetFollowSettingsResponse
        {
            Settings = ToProto(await handler.GetAsync(member, context.CancellationToken)),
        };
    }

    /// <inheritdoc />
    public override async Task<UpdateFollowSettingsResponse> UpdateFollowSettings(
        UpdateFollowSettingsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId);
        var change = ReadChange(validator, member, request);
        validator.ThrowIfInvalid();
        var write = await handler.UpdateAsync(change, context.CancellationToken);
        return new UpdateFollowSettingsResponse
        {
            Settings = ToProto(write.State),
            Revision = FollowRevision.Of(member, write.Revision),
        };
    }

    private static FollowSettings ToProto(MemberState state) =>
        new()
        {
            FollowerCountVisibility = (V1.FollowerCountVisibility)(int)state.CountVisibility,
            FollowAudience = (V1.FollowAudience)(int)state.Audience,
        };

    private static SettingsChange ReadChange(
        RequestValidator validator,
        string member,
        UpdateFollowSettingsRequest request
    )
    {
        var (settings, mask) = (request.Settings, request.UpdateMask);
        if (settings is null)
        {
            validator.Add("settings", "required");
            return new SettingsChange(member, null, null);
        }
        validator
            .Optional($"settings.{CountVisibilityField}", settings.FollowerCountVisibility)
            .Optional($"settings.{AudienceField}", settings.FollowAudience);
        if ((mask?.Paths ?? []).Any(path => path is not (CountVisibilityField or AudienceField)))
        {
            validator.Add("update_mask", $"may name {CountVisibilityField} and {AudienceField}");
        }
        return new SettingsChange(
            member,
            IsChanged(
                mask,
                CountVisibilityField,
                settings.FollowerCountVisibility != V1.FollowerCountVisibility.Unspecified
            )
                ? (FollowerCountVisibility)(int)settings.FollowerCountVisibility switch
                {
                    0 => MemberState.Default.CountVisibility,
                    var visibility => visibility,
                }
                : null,
            IsChanged(mask, AudienceField, settings.FollowAudience != V1.FollowAudience.Unspecified)
                ? (FollowAudience)(int)settings.FollowAudience switch
                {
                    0 => MemberState.Default.Audience,
                    var audience => audience,
                }
                : null,
            request.RequestId,
            request.RequestId.Length == 0 ? "" : RequestFingerprint.Of(request)
        );
    }

    private static bool IsChanged(FieldMask? mask, string field, bool isSet) =>
        mask is null || mask.Paths.Count == 0 ? isSet : mask.Paths.Contains(field);
}
