using Microsoft.Extensions.Time.Testing;
using Platform.Connections.Client;
using Platform.Messaging.Conversations;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Notes;
using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class AcceptedNotesTests : IDisposable
{
    private const string Inviter = "ann";
    private const string Invitee = "bob";

    private static readonly string Pair = ConversationIds.OfPair(Inviter, Invitee);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero)
    );
    private readonly SqliteDatabase _database;
    private readonly SqliteMessageStore _store;
    private readonly WatchedMembers _members;
    private readonly MessagingParts _parts;
    private readonly AcceptedNotes _notes;

    public AcceptedNotesTests()
    {
        _database = SqliteMessageStore.Open(_folder.File("messages.db"));
        _store = new SqliteMessageStore(_database, _time);
        _members = new WatchedMembers(new SqliteMemberStore(_database));
        _parts = new MessagingParts(_store, new ScriptedGate(), _time, null, _members);
        _notes = new AcceptedNotes(
            new SqliteRecordPositionStore(_database, _time),
            new OneInvitation(),
            _store,
            _members,
            _parts.Appender,
            _parts.Eraser,
            _parts.Hub,
            _time
        );
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Apply_AcceptedWithANote_OpensTheConversationOnce()
    {
        await ApplyAsync();
        await ApplyAsync();

        Assert.Equal(["hello"], await ReadAsync(Invitee));
    }

    [Theory]
    [InlineData(Inviter, Invitee)]
    [InlineData(Invitee, Inviter)]
    public async Task Apply_ErasedAfterTheLook_LeavesNothingOfThem(string erased, string other)
    {
        _members.AfterALook = async () =>
            Assert.True((await _parts.Eraser.EraseAsync(erased, Token)).Done);

        await ApplyAsync();

        Assert.Null(await _store.FindConversationAsync(Pair, erased, Token));
        Assert.Empty(await ReadAsync(other));
        Assert.Null((await _store.EraseAsync(erased, _time.GetUtcNow(), Token)).ConversationId);
    }

    [Fact]
    public async Task Apply_CutOffBetweenTheStartAndTheSecondLook_IsFinishedByTheNextTime()
    {
        await _parts.Eraser.EraseAsync(Inviter, Token);
        await _store.StartAsync(
            new NewConversation(
                Pair,
                ConversationKind.Pair,
                Name: "",
                Inviter,
                [Invitee],
                RequestId: "",
                Fingerprint: "",
                _time.GetUtcNow()
            ),
            Token
        );

        await ApplyAsync();

        Assert.Null(await _store.FindConversationAsync(Pair, Inviter, Token));
        Assert.Empty(await ReadAsync(Invitee));
    }

    private Task ApplyAsync() =>
        _notes.ApplyAsync(
            [
                new RecordedChange(
                    RecordedChangeKind.Connected,
                    Inviter,
                    Invitee,
                    Invitee,
                    1,
                    _time.GetUtcNow()
                )
                {
                    InvitationId = "i1",
                },
            ],
            "",
            Token
        );

    private async Task<IEnumerable<string>> ReadAsync(string reader) =>
        (
            await _store.ReadMessagesAsync(
                Pair,
                reader,
                new MessageRange(0, false, 10, int.MaxValue),
                Token
            )
        )!.Messages.Select(message => message.Text);

    private sealed class OneInvitation : IInvitationSource
    {
        public Task<AcceptedInvitation?> FindAcceptedAsync(
            string memberId,
            string invitationId,
            CancellationToken cancellationToken
        ) => Task.FromResult<AcceptedInvitation?>(new(Inviter, Invitee, "hello"));
    }

    /// <summary>Members, and something that happens once, just after one was looked at.</summary>
    private sealed class WatchedMembers(IMemberStore members) : IMemberStore
    {
        public Func<Task>? AfterALook { get; set; }

        public async Task<MemberRecord> GetAsync(
            string memberId,
            CancellationToken cancellationToken
        )
        {
            var member = await members.GetAsync(memberId, cancellationToken);
            if (AfterALook is { } happens)
            {
                AfterALook = null;
                await happens();
            }
            return member;
        }

        public Task<IReadOnlyList<MemberRecord>> FindAsync(
            IReadOnlyCollection<string> memberIds,
            CancellationToken cancellationToken
        ) => members.FindAsync(memberIds, cancellationToken);

        public Task<MemberRecord?> TryStoreAsync(
            MemberRecord next,
            CancellationToken cancellationToken
        ) => members.TryStoreAsync(next, cancellationToken);
    }
}
