namespace Platform.Gateway.Limits;

/// <summary>
/// A request body that refuses to be longer than the limit. A gRPC body is held to it message by message, and refused as soon as
/// the length of one is read, so a stream of small messages may go on for ever.
/// </summary>
/// <remarks>
/// Kestrel has a limit of its own, but closes the connection over it, often before the caller has read why. After this one it
/// reads off what is left of a body, for a few seconds at most.
/// </remarks>
internal sealed class BoundedBody(Stream inner, int maxBytes, bool isGrpc) : ReadOnlyStream
{
    private readonly MessageFrames _frames = new();
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
            bytes = bytes[_frames.Read(bytes)..];
            Require(_frames.MessageLength);
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
