using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Platform.Common.V1;
using Platform.Connections.Client;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.ServiceDefaults.UnitTests.ConnectionChanges;

/// <summary>A record whose streams a test feeds and breaks.</summary>
internal sealed class FakeRecord : IConnectionRecord
{
    private readonly Channel<Stream> _opened = Channel.CreateUnbounded<Stream>();

    /// <summary>Cursors that are refused, with the reason.</summary>
    public ConcurrentDictionary<string, ErrorReason> Refused { get; } = new();

    /// <summary>The next stream that was opened.</summary>
    public async Task<Stream> NextAsync(CancellationToken cancellationToken) =>
        await _opened.Reader.ReadAsync(cancellationToken);

    public async IAsyncEnumerable<RecordEvent> WatchAsync(
        string cursor,
        IReadOnlyCollection<RecordedChangeKind> kinds,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (Refused.TryGetValue(cursor, out var reason))
        {
            throw new DomainException(reason, "refused");
        }
        var stream = new Stream(cursor, kinds);
        _opened.Writer.TryWrite(stream);
        await foreach (var next in stream.Events.Reader.ReadAllAsync(cancellationToken))
        {
            yield return next;
        }
    }

    internal sealed record Stream(string Cursor, IReadOnlyCollection<RecordedChangeKind> Kinds)
    {
        public Channel<RecordEvent> Events { get; } = Channel.CreateUnbounded<RecordEvent>();

        public void Tell(RecordedChange change, string cursor) =>
            Events.Writer.TryWrite(new RecordEvent(change, cursor, change.Time));

        public void Beat(string cursor, DateTimeOffset time) =>
            Events.Writer.TryWrite(new RecordEvent(null, cursor, time));

        public void Break() =>
            Events.Writer.Complete(
                new DomainException(ErrorReason.DependencyUnavailable, "broke off")
            );
    }
}
