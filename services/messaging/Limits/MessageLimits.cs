namespace Platform.Messaging.Limits;

/// <summary>The limits of one tier; null where it sets none.</summary>
/// <param name="Tier">Its name.</param>
/// <param name="MessagesPerMinute">Messages that a member sends in a minute.</param>
public sealed record MessageLimits(string Tier, long? MessagesPerMinute);
