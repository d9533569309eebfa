using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;
using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>The contract on SQLite.</summary>
public sealed class SqliteMessageStoreTests : MessageStoreContract
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;
    private int _open;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DeleteOrErase_BeforeAnybodySearches_HasTakenTheWordsOut(bool erased)
    {
        var pair = (
            await Store.StartAsync(
                new NewConversation(
                    ConversationIds.OfPair("ann", "bob"),
                    ConversationKind.Pair,
                    "",
                    "ann",
                    ["bob"],
                    "",
                    "",
                    Time.GetUtcNow()
                ),
                Token
            )
        ).ConversationId;
        await Store.AppendAsync(
            new MessageDraft
            {
                ConversationId = pair,
                SenderId = "ann",
                Kind = MessageKind.Text,
                Text = "secret",
                Time = Time.GetUtcNow(),
            },
            Token
        );
        await Store.SearchAsync(new SearchQuery("bob", ["secret"], "", "", null, 10), Token);
        Assert.Equal(1L, await CountIndexedAsync());

        if (erased)
        {
            while (
                (await Store.EraseAsync("ann", Time.GetUtcNow(), Token)).ConversationId is not null
            ) { }
        }
        else
        {
            var read = (await Store.PrepareChangeAsync(pair, "ann", 1, Token))!.Message!;
            await Store.ChangeAsync(MessageChange.Deletion(read, Time.GetUtcNow()), Token);
        }

        Assert.Equal(0L, await CountIndexedAsync());
    }

    // by no search of ours: that one indexes first
    private async Task<long> CountIndexedAsync() =>
        await _database!.ReadAsync(
            session =>
                (long)
                    session
                        .Command(
                            "SELECT count(*) FROM search_words WHERE search_words MATCH '\"secret\"'"
                        )
                        .ExecuteScalar()!,
            Token
        );

    // a file has one owner: here replicas are stores of one process
    protected override Task<IMessageStore> OpenAsync()
    {
        _database ??= SqliteMessageStore.Open(_folder.File("messages.db"));
        _open++;
        return Task.FromResult<IMessageStore>(new SqliteMessageStore(_database, Time));
    }

    protected override Task CloseAsync(IMessageStore store)
    {
        if (--_open == 0)
        {
            _database!.Dispose();
            _database = null;
        }
        return Task.CompletedTask;
    }

    protected override Task CloseAllAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
