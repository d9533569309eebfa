using System.Collections.Concurrent;
using Platform.Common.V1;
using Platform.Connections.Client;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.ServiceDefaults.UnitTests.ConnectionChanges;

/// <summary>A consumer that remembers what it was given.</summary>
internal sealed class FakeConsumer : IConnectionChangeConsumer
{
    private int _failures;

    public ConcurrentQueue<RecordedChange> Applied { get; } = new();

    public volatile string Cursor = "";

    public volatile bool Grants = true;

    /// <summary>The next so many batches fail.</summary>
    public int Failures
    {
        set => Volatile.Write(ref _failures, value);
    }

    public IReadOnlyCollection<RecordedChangeKind> Kinds { get; } =
    [RecordedChangeKind.Blocked, RecordedChangeKind.Unblocked];

    public Task<bool> ClaimAsync(
        string holder,
        TimeSpan life,
        CancellationToken cancellationToken
    ) => Task.FromResult(Grants);

    public Task<string> ReadCursorAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Cursor);

    public Task ApplyAsync(
        IReadOnlyList<RecordedChange> changes,
        string cursor,
        CancellationToken cancellationToken
    )
    {
        if (changes.Count > 0 && Interlocked.Decrement(ref _failures) >= 0)
        {
            throw new DomainException(ErrorReason.StoreUnavailable, "away");
        }
        foreach (var change in changes)
        {
            Applied.Enqueue(change);
        }
        Cursor = cursor;
        return Task.CompletedTask;
    }
}
