using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Identity;

/// <summary>Who is calling, from a verified token.</summary>
/// <param name="Role">What the token may do.</param>
/// <param name="Subject">The member's id, or the name of a service or operator.</param>
public sealed record Caller(CallerRole Role, string Subject)
{
    /// <summary>
    /// The tier of limits that the token's claim <c>tier</c> names, for the member that it acts for; empty for the default one. It
    /// is made like an id, and allows nothing by itself: the policy of each service says what it means.
    /// </summary>
    public string Tier { get; init; } = "";

    /// <summary>The member this call acts as.</summary>
    /// <param name="memberId">The request's <c>member_id</c>; a member may leave it empty, a service must fill it.</param>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.ActingForAnother"/>, <see cref="ErrorReason.MemberIdRequired"/>, or
    /// <see cref="ErrorReason.RoleRequired"/> for operators, who act for nobody.
    /// </exception>
    public string ActAs(string memberId) =>
        Role switch
        {
            CallerRole.Member when memberId.Length == 0 || memberId == Subject => Subject,
            CallerRole.Member => throw new DomainException(
                ErrorReason.ActingForAnother,
                "A member token acts only as its own subject."
            ),
            CallerRole.Service when memberId.Length > 0 => memberId,
            CallerRole.Service => throw new DomainException(
                ErrorReason.MemberIdRequired,
                "A service token must name the member it acts for in member_id."
            ).WithField("member_id", "required with a service token"),
            _ => throw RoleMissing(CallerRole.Member),
        };

    /// <summary>Refuses every role but the named ones.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.RoleRequired"/>.</exception>
    public void Require(params ReadOnlySpan<CallerRole> roles)
    {
        if (!roles.Contains(Role))
        {
            throw RoleMissing(roles[0]);
        }
    }

    private static DomainException RoleMissing(CallerRole role)
    {
        var name = RoleNames.NameOf(role);
        return new DomainException(
            ErrorReason.RoleRequired,
            $"This method needs a token of role {name}."
        ).With("role", name);
    }
}
