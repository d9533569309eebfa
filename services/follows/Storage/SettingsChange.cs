namespace Platform.Follows.Storage;

/// <summary>A wish to change settings; null leaves one as it is.</summary>
/// <param name="Member">Whose.</param>
/// <param name="RequestId">Names the request of the member; empty for none.</param>
/// <param name="Fingerprint">Of the request's content.</param>
public sealed record SettingsChange(
    string Member,
    FollowerCountVisibility? CountVisibility,
    FollowAudience? Audience,
    string RequestId = "",
    string Fingerprint = ""
);
