namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>The numbers are those of OTLP.</summary>
public enum SpanKind
{
    Internal = 1,
    Server = 2,
    Client = 3,
    Producer = 4,
    Consumer = 5,
}
