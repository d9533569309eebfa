using Platform.Messaging.Connections;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>A gate that says yes: what connections thinks is not what a store is tested for.</summary>
internal sealed class OpenGate : IConnectionGate
{
    public Task EnsureFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        string atLeastRevision,
        CancellationToken cancellationToken
    ) => Task.CompletedTask;

    public Task<bool> AreFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        CancellationToken cancellationToken
    ) => Task.FromResult(true);
}
