using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Paging;

/// <summary>
/// Opaque cursors of streams: made as page tokens are (<see cref="PageToken.Encode"/>), refused as cursors.
/// </summary>
public static class StreamCursor
{
    /// <summary>The position of a cursor; null for an empty one, which asks for the beginning.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidCursor"/>.</exception>
    public static string? Decode(string scope, string cursor) =>
        Decode(scope, cursor, position => position);

    /// <summary>The position of a cursor as the stream understands it.</summary>
    /// <param name="read">
    /// Reads a position, or null for the beginning; refuses one that makes no sense with <see cref="PageToken.Foreign"/>.
    /// </param>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidCursor"/>.</exception>
    public static T Decode<T>(string scope, string cursor, Func<string?, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            return read(PageToken.Decode(scope, cursor));
        }
        catch (DomainException exception) when (exception.Reason == ErrorReason.InvalidPageToken)
        {
            throw Foreign(exception);
        }
    }

    /// <summary>What a position of a cursor begins; one that makes no sense to the store is refused as a cursor.</summary>
    public static async IAsyncEnumerable<T> RefusingCursors<T>(this IAsyncEnumerable<T> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        await using var page = pages.GetAsyncEnumerator();
        while (true)
        {
            try
            {
                if (!await page.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (DomainException exception)
                when (exception.Reason == ErrorReason.InvalidPageToken)
            {
                throw Foreign(exception);
            }
            yield return page.Current;
        }
    }

    /// <summary>The refusal of a cursor that no such stream gave.</summary>
    public static DomainException Foreign(Exception? cause = null) =>
        new(ErrorReason.InvalidCursor, "The cursor is not one that this stream gave.", cause);
}
