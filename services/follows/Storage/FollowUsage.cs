namespace Platform.Follows.Storage;

/// <summary>What a member uses of its limits.</summary>
/// <param name="Following">How many entities the member follows, of all kinds.</param>
/// <param name="Followers">How many follow the member.</param>
/// <param name="Hourly">How many follows of the last hour count; 0 where they are not counted.</param>
/// <param name="HourlySince">When the first of those was; null if none counts.</param>
public sealed record FollowUsage(
    long Following,
    long Followers,
    long Hourly,
    DateTimeOffset? HourlySince
);
