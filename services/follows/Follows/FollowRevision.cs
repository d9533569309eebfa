using System.Globalization;
using Platform.Common.V1;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>
/// The revision of a change: its bucket and sequence number. Reads go to the masters and a change is acknowledged after
/// both directions hold it, so every read is at least as fresh as every revision; all there is to check is that it is one.
/// </summary>
public static class FollowRevision
{
    private const string Prefix = "f1-";

    public static string Of(string follower, long sequence) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{FollowKeys.BucketOf(follower):x}-{sequence:x}"
        );

    /// <summary>Accepts what <see cref="Of"/> made, and nothing asked for.</summary>
    /// <exception cref="DomainException">INVALID_REVISION.</exception>
    public static void Require(Consistency? consistency)
    {
        var revision = consistency?.AtLeastRevision ?? "";
        if (revision.Length == 0)
        {
            return;
        }
        var parts = revision.StartsWith(Prefix, StringComparison.Ordinal)
            ? revision[Prefix.Length..].Split('-')
            : [];
        if (
            parts.Length != 2
            || !int.TryParse(
                parts[0],
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var bucket
            )
            || bucket is < 0 or >= FollowKeys.Buckets
            || !long.TryParse(
                parts[1],
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out _
            )
        )
        {
            throw new DomainException(
                ErrorReason.InvalidRevision,
                "at_least_revision is not a revision that this service returned."
            ).WithField("consistency.at_least_revision", "not a revision of follows");
        }
    }
}
