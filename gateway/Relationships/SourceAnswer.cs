using Platform.Common.V1;

namespace Platform.Gateway.Relationships;

/// <summary>What one source said about each member that it was asked about, or why it said nothing.</summary>
/// <param name="ById">The answers; empty when the source did not answer.</param>
/// <param name="Failure">Why it did not; null when it did.</param>
internal sealed record SourceAnswer<T>(IReadOnlyDictionary<string, T> ById, ErrorReason? Failure)
    where T : class
{
    /// <summary>What the source said about a member; null when it did not.</summary>
    public T? Of(string id) => ById.GetValueOrDefault(id);
}
