using System.Globalization;
using Platform.Common.V1;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Follows.Watch;

/// <summary>
/// How much of the record of changes a watcher has met. Numbers of changes are clock readings: within a bucket they grow in the order
/// in which changes become visible, between buckets only nearly. So a cursor says a time up to which all of it was met, and
/// lies behind the present by what clocks and commands under way can differ; whoever resumes may be told the changes of that
/// span again.
/// </summary>
/// <param name="After">Every change up to this number was met.</param>
/// <param name="Bucket">Every change up to <paramref name="Until"/> of the buckets before this one was met as well: where catching up stopped.</param>
/// <param name="Until">Not less than <paramref name="After"/>.</param>
public readonly record struct FollowCursor(long After, int Bucket, long Until)
{
    private const string Scope = "watch-follows";

    /// <summary>Nothing was met.</summary>
    public static readonly FollowCursor Beginning = new(0, 0, 0);

    /// <summary>Everything up to a number was met, of all buckets.</summary>
    public static FollowCursor Met(long number) => new(number, 0, number);

    /// <summary>From which number on a bucket has to be read.</summary>
    public long AfterIn(int bucket) => bucket < Bucket ? Until : After;

    /// <summary>The opaque text that callers get.</summary>
    /// <param name="owner">Whose follows are watched; empty for everybody's. A cursor is good for the same only.</param>
    public string Write(string owner) =>
        PageToken.Encode(
            ScopeOf(owner),
            string.Create(CultureInfo.InvariantCulture, $"{After}|{Bucket}|{Until}")
        );

    /// <summary>Reads what <see cref="Write"/> wrote; null for an empty text.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidCursor"/>.</exception>
    public static FollowCursor? Read(string owner, string text)
    {
        if (StreamCursor.Decode(ScopeOf(owner), text) is not { } position)
        {
            return null;
        }
        var parts = position.Split('|');
        return
            parts.Length == 3
            && TryRead(parts[0], out var after)
            && TryRead(parts[1], out var bucket)
            && bucket < FollowKeys.Buckets
            && TryRead(parts[2], out var until)
            && until >= after
            ? new FollowCursor(after, (int)bucket, until)
            : throw StreamCursor.Foreign();
    }

    private static string ScopeOf(string owner) => $"{Scope}|{owner}";

    private static bool TryRead(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
