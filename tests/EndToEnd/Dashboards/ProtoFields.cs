using Google.Protobuf;

namespace Platform.Tests.EndToEnd.Dashboards;

/// <summary>
/// A message of protobuf, field by field, for those whose contract is not ours: a number in the eight bytes of its own, or the bytes of a
/// text, a list of numbers or a message.
/// </summary>
internal readonly record struct ProtoFields(ByteString Bytes)
{
    internal readonly record struct Field(int Number, ulong Scalar, ByteString Bytes)
    {
        public double Double => BitConverter.UInt64BitsToDouble(Scalar);

        public string Text => Bytes.ToStringUtf8();

        public ProtoFields Message => new(Bytes);

        /// <summary>A packed list of numbers of eight bytes.</summary>
        public IEnumerable<ulong> Fixed64s()
        {
            for (var at = 0; at < Bytes.Length; at += sizeof(ulong))
            {
                yield return BitConverter.ToUInt64(Bytes.Span[at..]);
            }
        }
    }

    public IEnumerable<Field> Of(int number)
    {
        using var input = Bytes.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var field = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => new Field(
                    WireFormat.GetTagFieldNumber(tag),
                    input.ReadUInt64(),
                    ByteString.Empty
                ),
                WireFormat.WireType.Fixed64 => new Field(
                    WireFormat.GetTagFieldNumber(tag),
                    input.ReadFixed64(),
                    ByteString.Empty
                ),
                WireFormat.WireType.Fixed32 => new Field(
                    WireFormat.GetTagFieldNumber(tag),
                    input.ReadFixed32(),
                    ByteString.Empty
                ),
                WireFormat.WireType.LengthDelimited => new Field(
                    WireFormat.GetTagFieldNumber(tag),
                    0,
                    input.ReadBytes()
                ),
                var other => throw new InvalidDataException($"wire type {other}"),
            };
            if (field.Number == number)
            {
                yield return field;
            }
        }
    }

    /// <summary>The text of a field, or nothing.</summary>
    public string TextOf(int number) =>
        Of(number).Select(static field => field.Text).LastOrDefault("");
}
