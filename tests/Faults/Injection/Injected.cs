namespace Platform.Tests.Faults.Injection;

/// <summary>A fault that was injected, or could not be.</summary>
/// <param name="Kind">What sort of fault.</param>
/// <param name="Subject">What it happened to.</param>
/// <param name="Problem">Why it could not be had; null if it was.</param>
/// <param name="Seconds">How long it took until everything served again.</param>
/// <param name="Acknowledged">Calls that were answered in that time.</param>
/// <param name="Unanswered">Calls that were not.</param>
internal sealed record Injected(
    string Kind,
    string Subject,
    string? Problem,
    double Seconds = 0,
    long Acknowledged = 0,
    long Unanswered = 0
);
