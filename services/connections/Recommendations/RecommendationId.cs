using System.Globalization;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Recommendations;

/// <summary>
/// The id of a recommendation, opaque to callers: <c>author~recipient~which of the two</c>. It names the document, so
/// nothing has to be looked up to find it.
/// </summary>
public readonly record struct RecommendationId(RecommendationKey Key, int Number)
{
    /// <summary>Reads an id; false when no service ever wrote it.</summary>
    public static bool TryParse(string text, out RecommendationId id)
    {
        id = default;
        var parts = text.Split('~');
        if (
            parts.Length != 3
            || !MemberId.IsValid(parts[0])
            || !MemberId.IsValid(parts[1])
            || string.Equals(parts[0], parts[1], StringComparison.Ordinal)
            || !int.TryParse(
                parts[2],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
            || number == 0
            || parts[2][0] == '0'
        )
        {
            return false;
        }
        id = new RecommendationId(new RecommendationKey(parts[0], parts[1]), number);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Key.AuthorId}~{Key.RecipientId}~{Number}");
}
