using Microsoft.Extensions.Time.Testing;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class EraserTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero)
    );
    private readonly SqliteDatabase _database;
    private readonly SqliteMessageStore _store;
    private readonly MessagingParts _parts;

    public EraserTests()
    {
        _database = SqliteMessageStore.Open(_folder.File("messages.db"));
        _store = new SqliteMessageStore(_database, _time);
        _parts = new MessagingParts(
            _store,
            new ScriptedGate(),
            _time,
            knownMembers: new SqliteMemberStore(_database)
        );
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    /// <summary>Of a member of so many conversations that a call ends before it is through, and is repeated.</summary>
    [Theory]
    // a step leaves one, and another erases what was written there: a call is of 50 steps
    [InlineData(30, 1, 20, 30)]
    // a call is of 500 messages, 50 in a step, and of the step that leaves
    [InlineData(1, 520, 500, 1)]
    public async Task Erase_MoreThanACallTakes_GoesOnWhereItEnded(
        int conversations,
        int messagesInEach,
        int firstMessages,
        int firstConversations
    )
    {
        var pairs = new List<string>();
        for (var index = 0; index < conversations; index++)
        {
            pairs.Add(await StartPairAsync($"other{index}", messagesInEach));
        }

        var first = await _parts.Eraser.EraseAsync("ann", Token);
        var second = await _parts.Eraser.EraseAsync("ann", Token);
        var again = await _parts.Eraser.EraseAsync("ann", Token);

        Assert.Equal(
            (false, firstMessages, firstConversations),
            (first.Done, first.Messages, first.Conversations)
        );
        Assert.Equal(
            (true, (conversations * messagesInEach) - firstMessages, 0),
            (second.Done, second.Messages, second.Conversations)
        );
        Assert.Equal((true, 0, 0), (again.Done, again.Messages, again.Conversations));
        for (var index = 0; index < conversations; index++)
        {
            var left = (
                await _store.ReadMessagesAsync(
                    pairs[index],
                    $"other{index}",
                    new MessageRange(0, false, 1000, int.MaxValue),
                    Token
                )
            )!;
            Assert.Equal(messagesInEach, left.Messages.Count);
            Assert.All(left.Messages, message => Assert.Equal("", message.Text));
        }
    }

    private async Task<string> StartPairAsync(string other, int messages)
    {
        var pair = (
            await _store.StartAsync(
                new NewConversation(
                    ConversationIds.OfPair("ann", other),
                    ConversationKind.Pair,
                    Name: "",
                    "ann",
                    [other],
                    RequestId: "",
                    Fingerprint: "",
                    _time.GetUtcNow()
                ),
                Token
            )
        ).ConversationId;
        for (var index = 0; index < messages; index++)
        {
            await _store.AppendAsync(
                new MessageDraft
                {
                    ConversationId = pair,
                    SenderId = "ann",
                    Kind = MessageKind.Text,
                    Text = $"text {index}",
                    Time = _time.GetUtcNow(),
                },
                Token
            );
        }
        return pair;
    }
}
