using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>Asks the connections service who is connected. Fails closed.</summary>
public interface IConnectionCheck
{
    /// <summary>Which of the others a member is connected to at first degree.</summary>
    /// <param name="others">Up to 500.</param>
    /// <exception cref="DomainException">DEPENDENCY_UNAVAILABLE when there is no answer in time.</exception>
    Task<IReadOnlySet<string>> WhichConnectedAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    );
}
