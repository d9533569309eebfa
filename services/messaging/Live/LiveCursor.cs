using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Live;

/// <summary>
/// Where a stream stands: everything up to the floor was sent, and of the conversations that changed since, everything up to a stamp of
/// each. Changes of different conversations become visible only nearly in their order, so the floor stays behind by what may still
/// come; what is named beyond it is what was sent of that time. So nothing is missed and nothing is sent twice.
/// </summary>
/// <param name="MemberKey">Whose stream, see <see cref="KeyOf"/>.</param>
/// <param name="Time">When it was given.</param>
/// <param name="Floor">The stamp up to which everything was sent.</param>
/// <param name="Beyond">For a conversation, by <see cref="KeyOf"/>, the stamp up to which everything of it was sent.</param>
public sealed record LiveCursor(
    ulong MemberKey,
    DateTimeOffset Time,
    long Floor,
    IReadOnlyDictionary<ulong, long> Beyond
)
{
    private const byte Version = 1;

    // a cursor is text that a client keeps; one that long is none of ours
    private const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Names a member or a conversation in eight bytes; the same in every process.</summary>
    public static ulong KeyOf(string id)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(id.Length)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(id, utf8)], hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidCursor"/>.</exception>
    public static LiveCursor Parse(string text)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            throw Foreign();
        }
        var reader = new CursorReader(Base64Url.DecodeFromChars(text));
        if (reader.ReadByte() != Version)
        {
            throw Foreign();
        }
        var member = reader.ReadUInt64();
        var time = reader.ReadNumber();
        var floor = reader.ReadNumber();
        var beyond = new Dictionary<ulong, long>();
        while (!reader.IsAtEnd)
        {
            beyond[reader.ReadUInt64()] = floor + reader.ReadNumber();
        }
        // as many milliseconds as there are in ten thousand years
        return time > 253_402_300_799_999
            ? throw Foreign()
            : new LiveCursor(member, DateTimeOffset.FromUnixTimeMilliseconds(time), floor, beyond);
    }

    /// <summary>A cursor that no stream gave.</summary>
    public static DomainException Foreign() =>
        new(ErrorReason.InvalidCursor, "The cursor is not one that this stream gave.");

    public override string ToString()
    {
        var writer = new ArrayBufferWriter<byte>(32 + (20 * Beyond.Count));
        Write(writer, Version);
        Write(writer, MemberKey);
        WriteNumber(writer, Time.ToUnixTimeMilliseconds());
        WriteNumber(writer, Floor);
        foreach (var (key, stamp) in Beyond)
        {
            Write(writer, key);
            WriteNumber(writer, stamp - Floor);
        }
        return Base64Url.EncodeToString(writer.WrittenSpan);
    }

    private static void Write(ArrayBufferWriter<byte> writer, byte value)
    {
        writer.GetSpan(1)[0] = value;
        writer.Advance(1);
    }

    private static void Write(ArrayBufferWriter<byte> writer, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(writer.GetSpan(sizeof(ulong)), value);
        writer.Advance(sizeof(ulong));
    }

    // seven bits a byte, the lowest first
    private static void WriteNumber(ArrayBufferWriter<byte> writer, long value)
    {
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            Write(writer, (byte)(rest | 0x80));
        }
        Write(writer, (byte)rest);
    }

    private ref struct CursorReader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public byte ReadByte() => Take(1)[0];

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
}
