namespace Platform.Gateway.Limits;

/// <summary>Whether a call is let in, and if not, when the next one is likely to be.</summary>
internal readonly record struct RateDecision(bool IsAllowed, TimeSpan RetryAfter)
{
    public static RateDecision Allowed => new(true, TimeSpan.Zero);
}
