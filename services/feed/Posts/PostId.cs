using System.Globalization;

namespace Platform.Feed.Posts;

/// <summary>
/// A 64-bit id, ordered by time: 41 bits of milliseconds since 2025-01-01, 10 bits of node, 12 bits of sequence. Always
/// positive. On the wire it is a decimal string, since JSON has no 64-bit numbers; in Redis it is a decimal integer, which
/// lists keep in eight bytes.
/// </summary>
public readonly record struct PostId(long Value) : IComparable<PostId>
{
    public const int NodeBits = 10;
    public const int SequenceBits = 12;
    public const int MaxNode = (1 << NodeBits) - 1;
    public const int MaxSequence = (1 << SequenceBits) - 1;

    /// <summary>Where the milliseconds of ids begin.</summary>
    public static readonly DateTimeOffset Epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Newer than every post: where lists begin.</summary>
    public static readonly PostId Newest = new(long.MaxValue);

    /// <summary>Milliseconds since <see cref="Epoch"/>.</summary>
    public long Milliseconds => Value >> (NodeBits + SequenceBits);

    /// <summary>About when the post was created; ids run ahead of the clock for a moment where the clock stepped back.</summary>
    public DateTimeOffset Time => Epoch.AddMilliseconds(Milliseconds);

    public static PostId Compose(long milliseconds, int node, int sequence) =>
        new(
            (milliseconds << (NodeBits + SequenceBits))
                | ((long)node << SequenceBits)
                | (uint)sequence
        );

    /// <summary>Reads the wire form: a positive number without sign, blanks or leading zeros.</summary>
    public static bool TryParse(string? text, out PostId id)
    {
        id = default;
        if (
            string.IsNullOrEmpty(text)
            || text[0] == '0'
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        )
        {
            return false;
        }
        id = new PostId(value);
        return true;
    }

    public int CompareTo(PostId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(PostId left, PostId right) => left.Value < right.Value;

    public static bool operator >(PostId left, PostId right) => left.Value > right.Value;

    public static bool operator <=(PostId left, PostId right) => left.Value <= right.Value;

    public static bool operator >=(PostId left, PostId right) => left.Value >= right.Value;
}
