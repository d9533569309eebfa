using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Messaging.Live;
using Platform.Messaging.Storage.Sqlite;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class LiveHandlerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero)
    );
    private readonly LiveOptions _options = new() { MaxStreams = 2 };
    private readonly SqliteDatabase _database;
    private readonly MessagingParts _parts;

    public LiveHandlerTests()
    {
        _database = SqliteMessageStore.Open(_folder.File("messages.db"));
        _parts = new MessagingParts(
            new SqliteMessageStore(_database, _time),
            new ScriptedGate(),
            _time,
            _options
        );
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Subscribe_CursorAsOldAsMayBe_ResumesAndOlderHasExpired()
    {
        string cursor;
        await using (var first = new Device(_parts.Live, "ann"))
        {
            cursor = await first.CursorAsync();
        }

        _time.Advance(_options.CursorLifetime);
        await using (var late = new Device(_parts.Live, "ann", cursor))
        {
            await late.CursorAsync();
        }
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await using var tooLate = new Device(_parts.Live, "ann", cursor);
        var refusal = await Assert.ThrowsAsync<DomainException>(() => tooLate.Ended);

        Assert.Equal(ErrorReason.CursorExpired, refusal.Reason);
    }

    [Fact]
    public async Task Subscribe_CursorOfAStreamOfOtherConversations_IsRefused()
    {
        string narrow;
        await using (var first = new Device(_parts.Live, "ann", "", "ann~bob", "ann~cid"))
        {
            narrow = await first.CursorAsync();
        }

        await using (var same = new Device(_parts.Live, "ann", narrow, "ann~cid", "ann~bob"))
        {
            await same.CursorAsync();
        }
        foreach (var others in new string[][] { [], ["ann~bob"], ["ann~bob", "ann~dan"] })
        {
            await using var other = new Device(_parts.Live, "ann", narrow, others);
            var refusal = await Assert.ThrowsAsync<DomainException>(() => other.CursorAsync());
            Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
        }
    }

    [Fact]
    public async Task Subscribe_MoreStreamsThanMay_IsRefusedUntilOneEnds()
    {
        await using var one = new Device(_parts.Live, "ann");
        await one.CursorAsync();
        await using (var two = new Device(_parts.Live, "ann"))
        {
            await two.CursorAsync();
            await using var three = new Device(_parts.Live, "ann");
            var refusal = await Assert.ThrowsAsync<DomainException>(() => three.Ended);
            Assert.Equal(ErrorReason.RateLimited, refusal.Reason);
            await using var somebodyElse = new Device(_parts.Live, "bob");
            await somebodyElse.CursorAsync();
        }

        await using var instead = new Device(_parts.Live, "ann");
        await instead.CursorAsync();
    }

    /// <summary>A stream that is read.</summary>
    private sealed class Device : IAsyncDisposable
    {
        private readonly Channel<LiveEvent> _sent = Channel.CreateUnbounded<LiveEvent>();
        private readonly CancellationTokenSource _ending =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        public Device(LiveHandler live, string member, string cursor = "", params string[] only) =>
            Ended = live.SubscribeAsync(
                member,
                cursor,
                only.ToHashSet(StringComparer.Ordinal),
                withTyping: true,
                sent => _sent.Writer.WriteAsync(sent, _ending.Token).AsTask(),
                _ending.Token
            );

        /// <summary>What ended it.</summary>
        public Task Ended { get; }

        /// <summary>That of the next event; with the first one the stream has begun.</summary>
        public async Task<string> CursorAsync()
        {
            var next = _sent.Reader.ReadAsync(_ending.Token).AsTask();
            await (await Task.WhenAny(next, Ended));
            return (await next).Cursor!;
        }

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ending.Dispose();
        }
    }
}
