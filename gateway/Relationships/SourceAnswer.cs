using Platform.Common.V1;

namespace Platform.Gateway.Relationships;

/// <summary>What one source said about all members that it was asked about, or why it said nothing.</summary>
/// <param name="Value">The answer; null when the source did not answer.</param>
/// <param name="Failure">Why it did not; null when it did.</param>
internal sealed record SourceAnswer<T>(T? Value, ErrorReason? Failure)
    where T : class
{
    /// <summary>The answer; that the source is not there if it is none, for one that is incomplete tells nothing of anybody.</summary>
    public static SourceAnswer<T> Of(T? value) =>
        new(value, value is null ? ErrorReason.DependencyUnavailable : null);

    /// <summary>There is none.</summary>
    public static SourceAnswer<T> Failed(ErrorReason failure) => new(null, failure);
}
