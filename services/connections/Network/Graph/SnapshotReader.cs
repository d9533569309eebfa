using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Platform.Connections.Network.Graph;

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote. Nothing of a frame is handed out before its checksum was right.</summary>
internal sealed class SnapshotReader(Stream stream)
{
    private readonly byte[] _header = new byte[SnapshotWriter.HeaderSize];
    private readonly byte[] _frame = new byte[SnapshotWriter.FrameSize];
    private int _position;
    private int _length;
    private int _number;
    private bool _ended;

    /// <summary>Reads one value.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or ends before.</exception>
    public T Read<T>()
        where T : unmanaged
    {
        T value = default;
        Read(new Span<T>(ref value));
        return value;
    }

    /// <summary>Reads a number of things to come.</summary>
    /// <inheritdoc cref="Read{T}()"/>
    public int ReadCount()
    {
        var count = Read<int>();
        return count >= 0 ? count : throw Damaged("A number of things is negative.");
    }

    /// <summary>Reads values.</summary>
    /// <inheritdoc cref="Read{T}()"/>
    public void Read<T>(Span<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        while (!bytes.IsEmpty)
        {
            if (_position == _length)
            {
                NextFrame();
                if (_ended)
                {
                    throw Damaged("It ends too early.");
                }
            }
            var count = Math.Min(bytes.Length, _length - _position);
            _frame.AsSpan(_position, count).CopyTo(bytes);
            bytes = bytes[count..];
            _position += count;
        }
    }

    /// <summary>Requires that all was read and the end is there.</summary>
    /// <inheritdoc cref="Read{T}()"/>
    public void RequireEnd()
    {
        if (_position == _length)
        {
            NextFrame();
        }
        if (!_ended)
        {
            throw Damaged("There is more than there should be.");
        }
    }

    private void NextFrame()
    {
        if (_ended)
        {
            return;
        }
        if (Fill(_header) < _header.Length)
        {
            throw Damaged("It was cut short.");
        }
        _length = BinaryPrimitives.ReadInt32LittleEndian(_header);
        if (_length is < 0 or > SnapshotWriter.FrameSize)
        {
            throw Damaged("A frame has no such length.");
        }
        var frame = _frame.AsSpan(0, _length);
        if (
            Fill(frame) < _length
            || SnapshotWriter.Checksum(_number++, frame)
                != BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(4))
        )
        {
            throw Damaged("A checksum is wrong, or it was cut short.");
        }
        _position = 0;
        _ended = _length == 0;
    }

    private int Fill(Span<byte> bytes) =>
        stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);

    private static InvalidDataException Damaged(string how) =>
        new($"The snapshot cannot be used: {how}");
}
