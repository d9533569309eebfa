using System.Globalization;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Operations;

/// <summary>
/// A place in the order of an export, just after a follow: by the follower's bucket, then by follower, kind and id. Buckets
/// come from ids alone, so the order is the same on every engine and in every installation.
/// </summary>
/// <param name="Follower">Who follows.</param>
/// <param name="Kind">The kind of what is followed.</param>
/// <param name="Id">Its id.</param>
public sealed record FollowPosition(string Follower, FollowKind Kind, string Id)
{
    public static FollowPosition Of(FollowPair pair) =>
        new(pair.Follower, pair.Entity.Kind, pair.Entity.Id);

    /// <summary>Reads what <see cref="ToString"/> wrote; null for null, which is the beginning.</summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException">INVALID_PAGE_TOKEN.</exception>
    public static FollowPosition? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }
        var parts = text.Split('|', 3);
        return
            parts.Length == 3
            && MemberId.IsValid(parts[0])
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kind)
            && Enum.IsDefined((FollowKind)kind)
            ? new FollowPosition(parts[0], (FollowKind)kind, parts[2])
            : throw PageToken.Foreign();
    }

    /// <summary>The form inside a cursor; no id holds a bar.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Follower}|{(int)Kind}|{Id}");

    /// <summary>Whether a follow of the same follower comes after this.</summary>
    public bool IsBefore(FollowKind kind, string id) =>
        kind > Kind || (kind == Kind && string.CompareOrdinal(id, Id) > 0);
}
