using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>Writes the text of a cursor: bytes and numbers, in base64url. <see cref="CursorReader"/> reads it.</summary>
/// <param name="capacity">About how many bytes it will have.</param>
public sealed class CursorWriter(int capacity)
{
    private readonly ArrayBufferWriter<byte> _bytes = new(capacity);

    public void WriteByte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(sizeof(uint)), value);
        _bytes.Advance(sizeof(uint));
    }

    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), value);
        _bytes.Advance(sizeof(ulong));
    }

    /// <summary>Writes a number that is not negative: seven bits a byte, the lowest first.</summary>
    public void WriteNumber(long value)
    {
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            WriteByte((byte)(rest | 0x80));
        }
        WriteByte((byte)rest);
    }

    /// <summary>The cursor.</summary>
    public override string ToString() => Base64Url.EncodeToString(_bytes.WrittenSpan);
}
