using Platform.ServiceDefaults.Streaming;

namespace Platform.Messaging.Live;

/// <summary>
/// What a stream has sent, and what it knows there is to send. The floor moves up to where a look at the record was settled, once
/// everything that this look found was sent.
/// </summary>
internal sealed class LiveProgress(
    ulong memberKey,
    ulong filterKey,
    long floor,
    IReadOnlyDictionary<ulong, long> beyond
)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, long> _sent = new(beyond);
    private readonly Queue<string> _order = new();

    // how often a conversation was named since it was taken last
    private readonly Dictionary<string, int> _dirty = new(StringComparer.Ordinal);

    // what the look behind the next floor found and is not sent yet, with its stamps
    private readonly Dictionary<string, long> _awaited = new(StringComparer.Ordinal);
    private long _floor = floor;
    private long _nextFloor;

    /// <summary>Everything up to it was sent.</summary>
    public long Floor
    {
        get
        {
            lock (_gate)
            {
                return _floor;
            }
        }
    }

    /// <summary>Where the stream stands.</summary>
    public LiveCursor Cursor(DateTimeOffset now)
    {
        lock (_gate)
        {
            return new LiveCursor(
                memberKey,
                filterKey,
                now,
                _floor,
                new Dictionary<ulong, long>(_sent)
            );
        }
    }

    /// <summary>Up to where a conversation was sent.</summary>
    public long SentOf(string conversationId)
    {
        lock (_gate)
        {
            return SentOfLocked(conversationId);
        }
    }

    /// <summary>A conversation may have something new.</summary>
    /// <returns>Whether there is something to do that there was not.</returns>
    public bool Hint(string conversationId)
    {
        lock (_gate)
        {
            return AddLocked(conversationId);
        }
    }

    /// <summary>A look at the record came to its end.</summary>
    /// <param name="settled">Once what it found is sent, nothing up to this stamp is missing.</param>
    /// <param name="found">What it found of this stream's conversations.</param>
    /// <returns>Whether there is something to do that there was not.</returns>
    public bool Looked(long settled, IEnumerable<(string ConversationId, long Stamp)> found)
    {
        lock (_gate)
        {
            // one floor at a time: what an earlier look found is still being sent
            var isNext = _awaited.Count == 0;
            var added = false;
            foreach (var (id, stamp) in found)
            {
                if (stamp > SentOfLocked(id))
                {
                    added |= AddLocked(id);
                    if (isNext)
                    {
                        _awaited[id] = stamp;
                    }
                }
            }
            if (isNext)
            {
                _nextFloor = settled;
                SettleLocked();
            }
            return added;
        }
    }

    /// <summary>Notes that what a look found is none of this stream's business: it begins later.</summary>
    public void Skip(string conversationId, long stamp)
    {
        lock (_gate)
        {
            _sent[CursorKey.Of(conversationId)] = stamp;
        }
    }

    /// <summary>The next conversation that may have something to send; it is to be read from now on, not before.</summary>
    public bool TryTake(out string conversationId)
    {
        lock (_gate)
        {
            if (!_order.TryDequeue(out conversationId!))
            {
                return false;
            }
            _dirty[conversationId] = 0;
            return true;
        }
    }

    /// <summary>Notes what was sent of a conversation, in the midst of it.</summary>
    public void Sending(string conversationId, long upTo)
    {
        lock (_gate)
        {
            NoteLocked(conversationId, upTo);
        }
    }

    /// <summary>Everything that could be read of a conversation that was taken was sent.</summary>
    /// <param name="conversationId">Which.</param>
    /// <param name="upTo">Up to this stamp; null when there is nothing of it any more.</param>
    public void Sent(string conversationId, long? upTo)
    {
        lock (_gate)
        {
            if (upTo is { } stamp)
            {
                NoteLocked(conversationId, stamp);
            }
            if (_dirty[conversationId] > 0)
            {
                // named again meanwhile, perhaps after it was read
                _order.Enqueue(conversationId);
            }
            else
            {
                _dirty.Remove(conversationId);
            }
            // Else what the look found is not sure to stay: the floor waits until another look finds it and it is.
            if (_awaited.TryGetValue(conversationId, out var awaited) && !(upTo < awaited))
            {
                _awaited.Remove(conversationId);
                SettleLocked();
            }
        }
    }

    private bool AddLocked(string conversationId)
    {
        if (_dirty.TryGetValue(conversationId, out var named))
        {
            _dirty[conversationId] = named + 1;
            return false;
        }
        _dirty[conversationId] = 1;
        _order.Enqueue(conversationId);
        return true;
    }

    private void NoteLocked(string conversationId, long upTo)
    {
        if (upTo > _floor)
        {
            _sent[CursorKey.Of(conversationId)] = upTo;
        }
    }

    private long SentOfLocked(string conversationId) =>
        Math.Max(_floor, _sent.GetValueOrDefault(CursorKey.Of(conversationId)));

    private void SettleLocked()
    {
        if (_awaited.Count > 0 || _nextFloor <= _floor)
        {
            return;
        }
        _floor = _nextFloor;
        foreach (var (key, stamp) in _sent)
        {
            if (stamp <= _floor)
            {
                _sent.Remove(key);
            }
        }
    }
}
