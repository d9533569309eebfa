using Platform.Gateway.Limits;

namespace Platform.Gateway.Routing;

/// <summary>
/// A request body that can be read once more from its beginning, as long as no more of it was read than is kept. Only the last reader
/// may go on reading.
/// </summary>
/// <param name="inner">The body.</param>
/// <param name="capacity">How many bytes are kept.</param>
internal sealed class KeptBody(Stream inner, int capacity) : ReadOnlyStream
{
    // most messages are small
    private const int FirstPiece = 256;

    private byte[] _kept = [];
    private int _length;
    private int _position;
    private bool _overflowed;

    /// <summary>Whether it was read to its end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What is kept; the whole body once <see cref="TryReadWholeAsync"/> said so.</summary>
    public ReadOnlyMemory<byte> Bytes => _kept.AsMemory(0, _length);

    /// <summary>Reads as much as is kept, and goes back to the beginning.</summary>
    /// <returns>Whether that is the whole body.</returns>
    public async ValueTask<bool> TryReadWholeAsync(CancellationToken cancellationToken)
    {
        while (!HasEnded && _length < capacity)
        {
            if (_length == _kept.Length)
            {
                Grow(_length + 1);
            }
            var read = await inner.ReadAsync(_kept.AsMemory(_length), cancellationToken);
            HasEnded = read == 0;
            _length += read;
        }
        return HasEnded;
    }

    /// <summary>Goes back to the beginning.</summary>
    /// <returns>False when more was read than is kept.</returns>
    public bool TryRewind()
    {
        _position = 0;
        return !_overflowed;
    }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        if (_position < _length)
        {
            var again = Math.Min(_length - _position, buffer.Length);
            _kept.AsMemory(_position, again).CopyTo(buffer);
            _position += again;
            return again;
        }
        var read = await inner.ReadAsync(buffer, cancellationToken);
        HasEnded |= read == 0 && buffer.Length > 0;
        Keep(buffer.Span[..read]);
        return read;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0 || _overflowed)
        {
            return;
        }
        if (bytes.Length > capacity - _length)
        {
            (_overflowed, _kept, _length, _position) = (true, [], 0, 0);
            return;
        }
        if (bytes.Length > _kept.Length - _length)
        {
            Grow(_length + bytes.Length);
        }
        bytes.CopyTo(_kept.AsSpan(_length));
        _position = _length += bytes.Length;
    }

    private void Grow(int least) =>
        Array.Resize(
            ref _kept,
            Math.Min(capacity, Math.Max(Math.Max(FirstPiece, 2 * _kept.Length), least))
        );
}
