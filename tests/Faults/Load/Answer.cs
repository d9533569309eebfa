using Platform.Common.V1;

namespace Platform.Tests.Faults.Load;

/// <summary>What a call was answered.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Value">The answer, if it was acknowledged.</param>
/// <param name="Reason">Why not, if it was not.</param>
internal sealed record Answer<T>(Outcome Outcome, T? Value, ErrorReason Reason);
