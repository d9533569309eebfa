using System.Globalization;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Connections.Watch;

/// <summary>
/// How much of the record of changes a reader has met. One number would not do: the record holds each pair once, at the
/// revision of its latest change. A pair that changed at 3 and at 9 is met at 9, after one that changed at 5; a reader that
/// stops between the two and goes on "after 5" would never hear of 3.
/// </summary>
/// <param name="Floor">Every change of a revision up to this was met.</param>
/// <param name="Position">
/// Every pair whose latest change has a revision up to this was met. Not less than <paramref name="Floor"/>; greater in the
/// middle of catching up.
/// </param>
public readonly record struct RecordCursor(long Floor, long Position)
{
    // Not bound to filters: a cursor is a place in the record, and whoever widens a filter may go on from it.
    private const string Scope = "watch-connections";

    /// <summary>Nothing was met.</summary>
    public static readonly RecordCursor Beginning = new(0, 0);

    /// <summary>What a reader has met that stood at both cursors.</summary>
    public RecordCursor Or(RecordCursor other) =>
        new(Math.Max(Floor, other.Floor), Math.Max(Position, other.Position));

    /// <summary>The opaque text that callers get.</summary>
    public string Write() =>
        PageToken.Encode(Scope, string.Create(CultureInfo.InvariantCulture, $"{Floor}|{Position}"));

    /// <summary>Reads what <see cref="Write"/> wrote; null for an empty text.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidCursor"/>.</exception>
    public static RecordCursor? Read(string text)
    {
        if (StreamCursor.Decode(Scope, text) is not { } position)
        {
            return null;
        }
        var bar = position.IndexOf('|', StringComparison.Ordinal);
        return
            bar > 0
            && TryRead(position.AsSpan(0, bar), out var floor)
            && TryRead(position.AsSpan(bar + 1), out var upTo)
            && floor <= upTo
            ? new RecordCursor(floor, upTo)
            : throw StreamCursor.Foreign();
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long revision) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out revision);
}
