using System.Globalization;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Connections;

/// <summary>The text of a list position inside tokens and cursors: <c>milliseconds|other member</c>.</summary>
internal static class ListPositionText
{
    public static string Write(ListPosition position) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{position.Time.ToUnixTimeMilliseconds()}|{position.OtherId}"
        );

    /// <summary>Reads a position; null for null, which is the beginning.</summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException">INVALID_PAGE_TOKEN.</exception>
    public static ListPosition? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        return
            bar > 0
            && long.TryParse(
                text.AsSpan(0, bar),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var milliseconds
            )
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            && MemberId.IsValid(text[(bar + 1)..])
            ? new ListPosition(
                DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
                text[(bar + 1)..]
            )
            : throw PageToken.Foreign();
    }
}
