using System.Globalization;
using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Invitations;

/// <summary>
/// The id of an invitation, opaque to callers: <c>smaller member~greater member~which of the pair</c>. It names the document,
/// so nothing has to be looked up to find it.
/// </summary>
public readonly record struct InvitationId(MemberPair Pair, int Number)
{
    /// <summary>Reads an id; false when no service ever wrote it.</summary>
    public static bool TryParse(string text, out InvitationId id)
    {
        id = default;
        var parts = text.Split('~');
        if (
            parts.Length != 3
            || !MemberId.IsValid(parts[0])
            || !MemberId.IsValid(parts[1])
            || string.CompareOrdinal(parts[0], parts[1]) >= 0
            || !int.TryParse(
                parts[2],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
            || number == 0
        )
        {
            return false;
        }
        id = new InvitationId(MemberPair.Of(parts[0], parts[1]), number);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Pair.Low}~{Pair.High}~{Number}");
}
