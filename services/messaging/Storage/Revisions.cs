using System.Globalization;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Storage;

/// <summary>
/// Revisions of messaging. The store is the only truth and every read of it sees all that was stored before, so any revision that was
/// given out is reached already; it holds a time for whoever has to look into one.
/// </summary>
public static class Revisions
{
    private const string Prefix = "m1-";

    /// <summary>The revision of something stored at this time.</summary>
    public static string Of(DateTimeOffset time) =>
        Prefix + time.ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Refuses what is no revision of messaging; null and empty ask for nothing.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidRevision"/>.</exception>
    public static void EnsureReached(Consistency? consistency)
    {
        var revision = consistency?.AtLeastRevision ?? "";
        if (
            revision.Length > 0
            && !(
                revision.StartsWith(Prefix, StringComparison.Ordinal)
                && long.TryParse(
                    revision.AsSpan(Prefix.Length),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out _
                )
            )
        )
        {
            throw new DomainException(
                ErrorReason.InvalidRevision,
                "at_least_revision is not a revision that messaging returned."
            ).WithField(
                "consistency.at_least_revision",
                "must be a revision that messaging returned"
            );
        }
    }
}
