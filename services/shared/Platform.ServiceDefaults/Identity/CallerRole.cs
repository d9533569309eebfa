namespace Platform.ServiceDefaults.Identity;

/// <summary>What a token may do; its claim <c>role</c> in lower case.</summary>
public enum CallerRole
{
    /// <summary>Acts as its own subject only.</summary>
    Member,

    /// <summary>Acts for the member that a request names, and may call what is for services only.</summary>
    Service,

    /// <summary>May call the operator verbs.</summary>
    Operator,
}
