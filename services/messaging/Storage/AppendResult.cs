namespace Platform.Messaging.Storage;

/// <summary>What became of an append.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Number">The number of the message; 0 when nothing was stored.</param>
/// <param name="CreateTime">When it was stored.</param>
public sealed record AppendResult(
    AppendOutcome Outcome,
    long Number = 0,
    DateTimeOffset CreateTime = default
);
