using System.Buffers.Binary;

namespace Platform.Gateway.Limits;

/// <summary>Follows the frames of gRPC in the bytes of a body: one byte of flags, four of length, the message.</summary>
internal sealed class MessageFrames
{
    private const int PrefixLength = 5;

    private readonly byte[] _prefix = new byte[PrefixLength];
    private int _prefixFilled;
    private uint _left;

    /// <summary>How long the message under way is, or the last one; 0 before its prefix was read.</summary>
    public uint MessageLength { get; private set; }

    /// <summary>Whether the last message has ended and the next one has not begun.</summary>
    public bool IsBetween => _prefixFilled == 0;

    /// <summary>Goes on with the message under way, or begins one.</summary>
    /// <returns>How many of the bytes belong to it; those behind are the next one's.</returns>
    public int Read(ReadOnlySpan<byte> bytes)
    {
        var read = 0;
        if (_prefixFilled < PrefixLength)
        {
            read = Math.Min(PrefixLength - _prefixFilled, bytes.Length);
            bytes[..read].CopyTo(_prefix.AsSpan(_prefixFilled));
            _prefixFilled += read;
            if (_prefixFilled < PrefixLength)
            {
                return read;
            }
            _left = MessageLength = BinaryPrimitives.ReadUInt32BigEndian(_prefix.AsSpan(1));
        }
        var ofMessage = (int)Math.Min(_left, (uint)(bytes.Length - read));
        _left -= (uint)ofMessage;
        if (_left == 0)
        {
            _prefixFilled = 0;
        }
        return read + ofMessage;
    }
}
