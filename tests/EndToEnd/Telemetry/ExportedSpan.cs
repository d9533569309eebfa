namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>A span as a collector gets it.</summary>
public sealed record ExportedSpan(
    string Service,
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    SpanKind Kind,
    IReadOnlyList<string> LinkedTraces,
    IReadOnlyDictionary<string, string> Attributes
)
{
    /// <summary>Its value of an attribute; empty if it has none.</summary>
    public string this[string attribute] => Attributes.GetValueOrDefault(attribute, "");
}
