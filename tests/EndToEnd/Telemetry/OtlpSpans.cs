using Google.Protobuf;

namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>
/// Reads what OTLP sends of traces (opentelemetry/proto/trace/v1/trace.proto), as far as tests ask for it. By hand: the contract of the
/// platform is the only one that is compiled here.
/// </summary>
internal static class OtlpSpans
{
    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IEnumerable<ExportedSpan> Read(byte[] request)
    {
        foreach (var ofResource in Messages(request, 1))
        {
            var service = Messages(ofResource, 1)
                .SelectMany(resource => Attributes(resource, 1))
                .FirstOrDefault(attribute => attribute.Key == "service.name")
                .Value;
            foreach (var ofScope in Messages(ofResource, 2))
            {
                foreach (var span in Messages(ofScope, 2))
                {
                    yield return Span(service ?? "", span);
                }
            }
        }
    }

    private static ExportedSpan Span(string service, byte[] span) =>
        new(
            service,
            Id(span, 1),
            Id(span, 2),
            Id(span, 4),
            Text(span, 5),
            (SpanKind)Fields(span).First(field => field.Number == 6).Value,
            [.. Messages(span, 13).Select(link => Id(link, 1))],
            new Dictionary<string, string>(Attributes(span, 9))
        );

    private static IEnumerable<KeyValuePair<string, string>> Attributes(
        byte[] message,
        int number
    ) =>
        Messages(message, number)
            .Select(attribute =>
            {
                var value = Fields(Messages(attribute, 2).First()).FirstOrDefault();
                return KeyValuePair.Create(
                    Text(attribute, 1),
                    value.Number == 1 ? value.Bytes!.ToStringUtf8() : $"{value.Value}"
                );
            });

    private static IEnumerable<byte[]> Messages(byte[] message, int number) =>
        Fields(message)
            .Where(field => field.Number == number && field.Bytes is not null)
            .Select(field => field.Bytes!.ToByteArray());

    private static string Text(byte[] message, int number) =>
        Fields(message).FirstOrDefault(field => field.Number == number).Bytes?.ToStringUtf8() ?? "";

    private static string Id(byte[] message, int number) =>
        Convert.ToHexString(Messages(message, number).FirstOrDefault() ?? []);

    private static IEnumerable<Field> Fields(byte[] message)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            yield return WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.LengthDelimited => new Field(number, input.ReadBytes(), 0),
                WireFormat.WireType.Fixed64 => new Field(number, null, input.ReadFixed64()),
                WireFormat.WireType.Fixed32 => new Field(number, null, input.ReadFixed32()),
                _ => new Field(number, null, input.ReadUInt64()),
            };
        }
    }

    private readonly record struct Field(int Number, ByteString? Bytes, ulong Value);
}
