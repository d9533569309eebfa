using Platform.Ctl.Import;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>A graph in memory; every call passes <see cref="Before"/> first, which may throw.</summary>
public sealed class FakeConnectionGraph(PairBook book) : IConnectionGraph
{
    private int _calls;

    public int MaxChecks { get; init; } = 500;

    public int MaxDegrees { get; init; } = 1000;

    public int Calls => _calls;

    /// <summary>Gets the name of the call and its number, from 1.</summary>
    public Action<string, int> Before { get; set; } = (_, _) => { };

    /// <summary>The same after the call has taken effect: what it throws is an answer that got lost.</summary>
    public Action<string, int> After { get; set; } = (_, _) => { };

    public Task<IReadOnlyList<PairCheck>> CheckAsync(
        string memberId,
        IReadOnlyList<string> others
    ) =>
        CallAsync<IReadOnlyList<PairCheck>>(
            "check",
            () => [.. others.Select(other => book.Check(memberId, other))]
        );

    public Task<PairCheck> InviteAsync(string inviterId, string inviteeId, string requestId) =>
        CallAsync("invite", () => book.Invite(inviterId, inviteeId, requestId));

    public Task AcceptAsync(string inviteeId, string invitationId, string requestId) =>
        CallAsync(
            "accept",
            () =>
            {
                book.Accept(inviteeId, invitationId, requestId);
                return true;
            }
        );

    public Task<long> CountAsync(string memberId) =>
        CallAsync("count", () => (long)book.ConnectionsOf(memberId).Count);

    public Task<IReadOnlyList<int?>> DegreesAsync(string memberId, IReadOnlyList<string> others) =>
        CallAsync<IReadOnlyList<int?>>(
            "degrees",
            () => [.. others.Select(other => book.DistanceOf(memberId, other))]
        );

    private async Task<T> CallAsync<T>(string name, Func<T> call)
    {
        await Task.Yield();
        var number = Interlocked.Increment(ref _calls);
        Before(name, number);
        var answer = call();
        After(name, number);
        return answer;
    }
}
