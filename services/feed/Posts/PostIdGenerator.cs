namespace Platform.Feed.Posts;

/// <summary>
/// Makes post ids: each larger than the one before, whatever the clock does. Where the clock stepped back, or more than
/// 4,096 ids fall into a millisecond, ids run ahead of the clock instead of waiting. A restart goes on after the largest
/// stored id (<see cref="StartAfter"/>), so that ids stay unique although nothing but posts is kept.
/// </summary>
public sealed class PostIdGenerator(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _milliseconds = -1;
    private int _sequence;
    private int _node;

    /// <summary>The next id.</summary>
    public PostId Next()
    {
        var now = (long)(time.GetUtcNow() - PostId.Epoch).TotalMilliseconds;
        lock (_lock)
        {
            if (now > _milliseconds)
            {
                _milliseconds = now;
                _sequence = 0;
            }
            else if (_sequence < PostId.MaxSequence)
            {
                _sequence++;
            }
            else
            {
                _milliseconds++;
                _sequence = 0;
            }
            return PostId.Compose(_milliseconds, _node, _sequence);
        }
    }

    /// <summary>Makes later ids with this number, see <see cref="PostIdNode"/>.</summary>
    public void UseNode(int node)
    {
        lock (_lock)
        {
            _node = node;
        }
    }

    /// <summary>Makes every later id larger than <paramref name="id"/>.</summary>
    public void StartAfter(PostId id)
    {
        lock (_lock)
        {
            if (id.Milliseconds >= _milliseconds)
            {
                // whatever its node and sequence: begin with the millisecond after it
                _milliseconds = id.Milliseconds;
                _sequence = PostId.MaxSequence;
            }
        }
    }
}
