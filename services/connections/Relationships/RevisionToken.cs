using System.Globalization;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Relationships;

/// <summary>The wire form of a revision: opaque to callers, and not to be confused with another service's.</summary>
public static class RevisionToken
{
    private const char Prefix = 'c';

    /// <summary>Writes a revision.</summary>
    public static string Write(long revision) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{revision}");

    /// <summary>Reads a revision.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidRevision"/>.</exception>
    public static long Read(string token) =>
        token.Length is > 1 and <= 20
        && token[0] == Prefix
        && long.TryParse(
            token.AsSpan(1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var revision
        )
            ? revision
            : throw new DomainException(
                ErrorReason.InvalidRevision,
                "at_least_revision is not a revision that this service returned."
            );
}
