namespace Platform.Feed.Sources;

/// <summary>
/// What is kept of a viewer, at a moment. As long as it is equal nothing was told or learned that could have changed an answer: whatever was
/// worked out from the answers still holds.
/// </summary>
/// <param name="Facts">Another object after each change that was told.</param>
/// <param name="Corrections">Answers that took the place of others since.</param>
public readonly record struct KeptState(object Facts, int Corrections);
