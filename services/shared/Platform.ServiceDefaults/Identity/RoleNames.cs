namespace Platform.ServiceDefaults.Identity;

/// <summary>The values of the claim <c>role</c>.</summary>
public static class RoleNames
{
    /// <summary>The claim's value for a role.</summary>
    public static string NameOf(CallerRole role) =>
        role switch
        {
            CallerRole.Member => "member",
            CallerRole.Service => "service",
            CallerRole.Operator => "operator",
            _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
        };

    /// <summary>The role of a claim's value; false for any other text.</summary>
    public static bool TryParse(string? name, out CallerRole role)
    {
        (var known, role) = name switch
        {
            "member" => (true, CallerRole.Member),
            "service" => (true, CallerRole.Service),
            "operator" => (true, CallerRole.Operator),
            _ => (false, default),
        };
        return known;
    }
}
