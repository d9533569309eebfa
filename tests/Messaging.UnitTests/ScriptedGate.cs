using Platform.Common.V1;
using Platform.Messaging.Connections;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Messaging.UnitTests;

/// <summary>A gate that notes what it was asked, and lets a test do something while it is being asked.</summary>
internal sealed class ScriptedGate : IConnectionGate
{
    public List<string[]> Asked { get; } = [];

    public HashSet<string> Strangers { get; } = [];

    public Func<int, Task> WhileAsked { get; set; } = _ => Task.CompletedTask;

    public async Task EnsureFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        Asked.Add([.. otherIds]);
        await WhileAsked(Asked.Count);
        if (otherIds.Any(Strangers.Contains))
        {
            throw new DomainException(ErrorReason.NotFirstDegree, "not connected");
        }
    }

    public Task<bool> AreFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        CancellationToken cancellationToken
    ) => Task.FromResult(!otherIds.Any(Strangers.Contains));
}
