using Platform.Feed.Posts;

namespace Platform.Feed.FanOut;

/// <summary>One part of a delivery.</summary>
/// <param name="Of">Whose connections or followers.</param>
public sealed record DeliveryStage(RecipientKind Recipients, EntityRef Of);
