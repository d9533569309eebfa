using Platform.Follows.V1;

namespace Platform.Follows.Settings;

/// <summary>Settings; not built yet, so every method answers NOT_IMPLEMENTED.</summary>
public sealed class FollowSettingsGrpcService : FollowSettingsService.FollowSettingsServiceBase;
