using System.Buffers.Binary;
using System.Buffers.Text;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>
/// Reads what <see cref="CursorWriter"/> wrote. Every method throws <see cref="DomainException"/> with
/// <see cref="ErrorReason.InvalidCursor"/> where the text ends or says what no cursor says.
/// </summary>
public ref struct CursorReader
{
    private ReadOnlySpan<byte> _rest;

    /// <param name="text">The cursor, as a client sent it.</param>
    /// <param name="maxLength">No cursor of this stream is longer.</param>
    public CursorReader(string text, int maxLength)
    {
        if (text.Length > maxLength || !Base64Url.IsValid(text))
        {
            throw Foreign();
        }
        _rest = Base64Url.DecodeFromChars(text);
    }

    /// <summary>Whether all was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The refusal of a cursor that the stream did not give.</summary>
    public static DomainException Foreign() =>
        new(ErrorReason.InvalidCursor, "The cursor is not one that this stream gave.");

    public byte ReadByte() => Take(1)[0];

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public long ReadNumber()
    {
        ulong value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)value;
            }
        }
        throw Foreign();
    }

    /// <summary>Reads a time, in milliseconds since 1970.</summary>
    public DateTimeOffset ReadTime()
    {
        var time = ReadNumber();
        return time > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? throw Foreign()
            : DateTimeOffset.FromUnixTimeMilliseconds(time);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
        {
            throw Foreign();
        }
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
