using Platform.Common.V1;

namespace Platform.ServiceDefaults.Errors;

/// <summary>
/// The reasons of an answer by columns: each stands once by its name, which a caller that is older than the reason can pass on, and
/// is named by its place.
/// </summary>
/// <param name="names">Where they stand.</param>
public sealed class ReasonColumn(IList<string> names)
{
    private readonly List<ErrorReason> _reasons = [];

    /// <summary>The place of a reason, from 1; 0 for none.</summary>
    public uint PlaceOf(ErrorReason? reason)
    {
        if (reason is not { } known)
        {
            return 0;
        }
        // there are few
        var place = _reasons.IndexOf(known);
        if (place < 0)
        {
            place = _reasons.Count;
            _reasons.Add(known);
            names.Add(ErrorCatalog.NameOf(known));
        }
        return (uint)place + 1;
    }
}
