using System.Buffers.Binary;

namespace Platform.Gateway.Limits;

/// <summary>
/// A request body that refuses to be longer than the limit. A gRPC body is held to it message by message, and refused as soon as
/// the length of one is read: it follows the frames (one byte of flags, four of length, the message), so a stream of small
/// messages may go on for ever.
/// </summary>
/// <remarks>
/// Kestrel has a limit of its own, but closes the connection over it, often before the caller has read why. After this one it
/// reads off what is left of a body, for a few seconds at most.
/// </remarks>
internal sealed class BoundedBody(Stream inner, int maxBytes, bool isGrpc) : ReadOnlyStream
{
    private const int PrefixLength = 5;

    private readonly byte[] _prefix = new byte[PrefixLength];
    private int _prefixFilled;
    private uint _messageLeft;
    private long _total;

    /// <exception cref="BadHttpRequestException">The body, or a message of it, is longer than the limit (status 413).</exception>
    public override ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        var read = inner.ReadAsync(buffer, cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return FollowLaterAsync(read, buffer);
        }
        var count = read.Result;
        Follow(buffer.Span[..count]);
        return ValueTask.FromResult(count);
    }

    private async ValueTask<int> FollowLaterAsync(ValueTask<int> read, Memory<byte> buffer)
    {
        var count = await read;
        Follow(buffer.Span[..count]);
        return count;
    }

    private void Follow(ReadOnlySpan<byte> bytes)
    {
        if (!isGrpc)
        {
            _total += bytes.Length;
            Require(_total);
            return;
        }
        while (bytes.Length > 0)
        {
            if (_messageLeft > 0)
            {
                var skipped = (int)Math.Min(_messageLeft, (uint)bytes.Length);
                _messageLeft -= (uint)skipped;
                bytes = bytes[skipped..];
                continue;
            }
            var taken = Math.Min(PrefixLength - _prefixFilled, bytes.Length);
            bytes[..taken].CopyTo(_prefix.AsSpan(_prefixFilled));
            _prefixFilled += taken;
            bytes = bytes[taken..];
            if (_prefixFilled == PrefixLength)
            {
                _prefixFilled = 0;
                _messageLeft = BinaryPrimitives.ReadUInt32BigEndian(_prefix.AsSpan(1));
                Require(_messageLeft);
            }
        }
    }

    private void Require(long length)
    {
        if (length > maxBytes)
        {
            throw new BadHttpRequestException(
                "The request is too large.",
                StatusCodes.Status413PayloadTooLarge
            );
        }
    }
}
