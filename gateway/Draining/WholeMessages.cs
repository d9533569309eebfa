using Platform.Gateway.Limits;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Gateway.Draining;

/// <summary>
/// The body of a streamed answer, which can be ended, and then ends behind the message that is being written: of gRPC a frame, over REST
/// a line. Half a message would look like a failure to its reader.
/// </summary>
/// <param name="inner">Where it goes.</param>
/// <param name="isGrpc">Whether messages are frames, and not lines.</param>
/// <param name="ended">What is done once it has ended.</param>
internal sealed class WholeMessages(Stream inner, bool isGrpc, Action ended) : WriteOnlyStream
{
    private readonly Lock _gate = new();
    private readonly MessageFrames _frames = new();
    private bool _isAmidALine;
    private bool _isWriting;
    private bool _isToEnd;
    private bool _hasEnded;

    /// <summary>Whether it was ended, and nothing of its messages is written any more.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _hasEnded;
            }
        }
    }

    /// <summary>Ends it: now, or with the end of the message under way.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isToEnd = true;
        }
        EndIfDue();
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        ReadOnlyMemory<byte> taken;
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }
            taken = buffer[..Follow(buffer.Span)];
            _isWriting = true;
        }
        await inner.WriteAsync(taken, cancellationToken);
        lock (_gate)
        {
            _isWriting = false;
        }
        EndIfDue();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        inner.FlushAsync(cancellationToken);

    private void EndIfDue()
    {
        lock (_gate)
        {
            if (_hasEnded || !_isToEnd || _isWriting || _isAmidALine || !_frames.IsBetween)
            {
                return;
            }
            _hasEnded = true;
        }
        ended();
    }

    /// <returns>How much may be written: all, or up to the end of the message after which it ends.</returns>
    private int Follow(ReadOnlySpan<byte> bytes)
    {
        if (!isGrpc)
        {
            var end = _isToEnd ? bytes.IndexOf((byte)'\n') + 1 : 0;
            var count = end > 0 ? end : bytes.Length;
            _isAmidALine = count > 0 ? bytes[count - 1] != (byte)'\n' : _isAmidALine;
            return count;
        }
        var read = 0;
        while (read < bytes.Length)
        {
            read += _frames.Read(bytes[read..]);
            if (_isToEnd && _frames.IsBetween)
            {
                break;
            }
        }
        return read;
    }
}
