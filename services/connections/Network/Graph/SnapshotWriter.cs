using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// Writes values in frames: length, checksum, bytes. Checksums are CRC-32C over the frame's number, its length and its bytes, so
/// that a frame that is damaged, missing or out of place is noticed before anything of it is used. An empty frame ends it:
/// without it the rest was cut off.
/// </summary>
internal sealed class SnapshotWriter(Stream stream)
{
    /// <summary>Bytes a frame at most.</summary>
    public const int FrameSize = 1 << 20;

    /// <summary>Bytes before those of a frame.</summary>
    public const int HeaderSize = 8;

    private readonly byte[] _frame = new byte[HeaderSize + FrameSize];
    private int _length;
    private int _number;

    /// <summary>Writes one value.</summary>
    public void Write<T>(T value)
        where T : unmanaged => Write(new ReadOnlySpan<T>(ref value));

    /// <summary>Writes values.</summary>
    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        while (!bytes.IsEmpty)
        {
            var room = _frame.AsSpan(HeaderSize + _length);
            var count = Math.Min(bytes.Length, room.Length);
            bytes[..count].CopyTo(room);
            bytes = bytes[count..];
            _length += count;
            if (_length == FrameSize)
            {
                Flush();
            }
        }
    }

    /// <summary>Writes what is left, and the end.</summary>
    public void Complete()
    {
        if (_length > 0)
        {
            Flush();
        }
        Flush();
    }

    /// <summary>The checksum of a frame.</summary>
    public static uint Checksum(int number, ReadOnlySpan<byte> bytes)
    {
        var checksum = BitOperations.Crc32C(uint.MaxValue, (uint)number);
        checksum = BitOperations.Crc32C(checksum, (uint)bytes.Length);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            checksum = BitOperations.Crc32C(
                checksum,
                BinaryPrimitives.ReadUInt64LittleEndian(bytes)
            );
        }
        foreach (var value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }
        return checksum;
    }

    private void Flush()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_frame, _length);
        BinaryPrimitives.WriteUInt32LittleEndian(
            _frame.AsSpan(4),
            Checksum(_number++, _frame.AsSpan(HeaderSize, _length))
        );
        stream.Write(_frame.AsSpan(0, HeaderSize + _length));
        _length = 0;
    }
}
