using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>The contract on MongoDB in a container.</summary>
public sealed class MongoMessageStoreTests(MongoContainer mongo) : MessageStoreContract
{
    private readonly string _database = MongoContainer.NewDatabaseName();
    private readonly Dictionary<IMessageStore, MongoConnection> _connections = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_KilledAfterTheCopy_GoesOnAsIfItHadNotBegun()
    {
        // what an append leaves that is killed before its swap: the newest message stands in both places
        var pair = await StartAsync("ann", "bob", "", "");
        await SendAsync(pair, "one", "r1");
        await SendAsync(pair, "two", "r2");
        await LeaveCopyAsync(pair);

        var page = await ReadAsync(pair);
        var repeated = await SendAsync(pair, "two", "r2");
        var next = await SendAsync(pair, "three", "r3");

        Assert.Equal(["one", "two"], page.Messages.Select(message => message.Text));
        Assert.Equal((AppendOutcome.Repeated, 2), (repeated.Outcome, repeated.Number));
        Assert.Equal((AppendOutcome.Stored, 3), (next.Outcome, next.Number));
        Assert.Equal(
            ["one", "two", "three"],
            (await ReadAsync(pair)).Messages.Select(one => one.Text)
        );
        Assert.Equal(
            new ReadMark(1, 2),
            await Store.MarkReadAsync(pair, "bob", 1, Time.GetUtcNow(), Token)
        );
    }

    [Fact]
    public async Task Append_WhileAnotherCopiesTheNewestAsItWas_KeepsTheEdit()
    {
        // another process read the conversation before an edit, and its copy arrives with ours: both find no copy there
        const int Races = 300;
        var texts = new string[Races];

        await Parallel.ForAsync(
            0,
            Races,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token },
            async (index, _) =>
            {
                var pair = await StartAsync("ann", $"other-{index}", "", "");
                await SendAsync(pair, "one", "");
                var asItWas = await CopyOfNewestAsync(pair);
                var read = (await Store.PrepareChangeAsync(pair, "ann", 1, Token))!.Message!;
                await Store.ChangeAsync(
                    new MessageChange
                    {
                        ConversationId = pair,
                        Number = 1,
                        ReadVersion = read.Version,
                        Text = "edited",
                        Time = Time.GetUtcNow(),
                    },
                    Token
                );

                var appending = SendAsync(pair, "two", "");
                // somewhere between the read of the append and its swap
                Thread.SpinWait(index * 100);
                await CopyAsync(asItWas);
                await appending;
                texts[index] = (await ReadAsync(pair, "ann")).Messages[0].Text;
            }
        );

        Assert.DoesNotContain("one", texts);
    }

    [Fact]
    public async Task Delete_OlderAndNewest_LeavesNothingOfItsTextAnywhere()
    {
        var pair = await StartAsync("ann", "bob", "", "");
        foreach (var text in new[] { "secret one", "secret two", "secret three" })
        {
            await SendAsync(pair, text, "");
        }
        // what an append leaves that is killed before its swap
        await LeaveCopyAsync(pair);

        foreach (var number in new[] { 1, 3 })
        {
            await DeleteAsync(pair, number);
            Assert.DoesNotContain(await ReadRawAsync(), text => text.Contains($"|{number} secret"));
        }
        Assert.Single(await ReadRawAsync(), text => text.Contains("secret"));
    }

    [Fact]
    public async Task Delete_CutOffBeforeTheCopy_IsFinishedByWhoeverRepeatsIt()
    {
        var pair = await StartAsync("ann", "bob", "", "");
        await SendAsync(pair, "secret", "");
        await SendAsync(pair, "newest", "");
        var asItWas = await Messages.Find(new BsonDocument()).SingleAsync(Token);
        await DeleteAsync(pair, 1);
        await Messages.ReplaceOneAsync(
            new BsonDocument("_id", asItWas["_id"]),
            asItWas,
            cancellationToken: Token
        );

        await Store.PrepareChangeAsync(pair, "ann", 1, Token);

        Assert.DoesNotContain(await ReadRawAsync(), text => text.Contains("secret"));
    }

    [Fact]
    public async Task Erase_WhenNothingIsLeft_HasLeftNothingOfAnyTextAnywhere()
    {
        var pair = await StartAsync("ann", "bob", "", "");
        for (var index = 0; index < 60; index++)
        {
            await SendAsync(pair, $"secret {index}", "");
        }
        await LeaveCopyAsync(pair);
        var other = await StartAsync("ann", "cid", "", "");
        await SendAsync(other, "secret too", "");
        await SendAsync(other, "the newest secret", "");

        while ((await Store.EraseAsync("ann", Time.GetUtcNow(), Token)).ConversationId is not null)
        { }

        Assert.Equal(61, (await Messages.CountDocumentsAsync(new BsonDocument(), null, Token)));
        Assert.DoesNotContain(await ReadRawAsync(), text => text.Contains("secret"));
    }

    [Fact]
    public async Task MarkRead_NewestMessageStandsInBothPlaces_CountsItOnce()
    {
        var pair = await StartAsync("ann", "bob", "", "");
        await SendAsync(pair, "one", "");
        await SendAsync(pair, "two", "");
        await LeaveCopyAsync(pair);

        Assert.Equal(
            new ReadMark(1, 1),
            await Store.MarkReadAsync(pair, "bob", 1, Time.GetUtcNow(), Token)
        );
    }

    [Fact]
    public async Task Start_KilledBeforeItsConversation_IsFinishedByTheRetry()
    {
        await StartAsync("ann", "bob", "r1", "f1");
        await Conversations.DeleteManyAsync(new BsonDocument(), Token);

        var found = await Store.FindStartAsync("ann", "r1", Token);
        var other = await Store.StartAsync(Pair("ann", "cid", "r1", "f2"), Token);
        Time.Advance(TimeSpan.FromMinutes(1));
        var again = await Store.StartAsync(Pair("ann", "bob", "r1", "f1"), Token);

        Assert.Null(found);
        // the request id is taken, though its conversation was not made yet
        Assert.Equal("f1", other.Fingerprint);
        Assert.Null(await Store.FindConversationAsync("ann~cid", "ann", Token));
        Assert.True(again.Created);
        Assert.Equal(again, await Store.FindStartAsync("ann", "r1", Token));
    }

    [Fact]
    public async Task Indexes_MadeAgain_AreTheSame()
    {
        var database = _connections[Store].Database;
        await OpenAnotherAsync();
        var names = new List<string>();
        foreach (var ofCollection in MongoMessageStore.Indexes)
        {
            using var cursor = await database
                .GetCollection<BsonDocument>(ofCollection.Collection)
                .Indexes.ListAsync(Token);
            var indexes = await cursor.ToListAsync(Token);
            names.AddRange(indexes.Select(index => $"{ofCollection.Collection}.{index["name"]}"));
        }

        Assert.Equal(
            [
                "conversations._id_",
                "conversations.audience_changes",
                "conversations.by_age",
                "conversations.member_activity",
                "conversations.unread_activity",
                "messages._id_",
                "messages.by_change",
                "messages.by_number",
                "messages.by_request",
                "messages.by_stamp",
                "messages.by_word",
                "starts._id_",
                "starts.expiry",
            ],
            names.Order(StringComparer.Ordinal)
        );
    }

    private IMongoCollection<BsonDocument> Conversations =>
        _connections[Store].Collection("conversations");

    private IMongoCollection<BsonDocument> Messages => _connections[Store].Collection("messages");

    /// <summary>What is stored of each message, wherever: its id, and then its text and its words.</summary>
    private async Task<List<string>> ReadRawAsync()
    {
        var copies = await Messages.Find(new BsonDocument()).ToListAsync(Token);
        var conversations = await Conversations.Find(new BsonDocument()).ToListAsync(Token);
        return
        [
            .. copies.Select(copy => $"{copy["_id"]} {copy["text"]} {copy.GetValue("words", "")}"),
            .. conversations.Select(one =>
                $"{one["_id"]}|{one["lastNumber"]} {one["lastMessage"]["text"]} {one.GetValue("changes", "")}"
            ),
        ];
    }

    private async Task DeleteAsync(string conversation, long number)
    {
        var read = (await Store.PrepareChangeAsync(conversation, "ann", number, Token))!.Message!;
        await Store.ChangeAsync(MessageChange.Deletion(read, Time.GetUtcNow()), Token);
    }

    private async Task LeaveCopyAsync(string conversation) =>
        await CopyAsync(await CopyOfNewestAsync(conversation));

    private async Task<BsonDocument> CopyOfNewestAsync(string conversation)
    {
        var document = await Conversations
            .Find(new BsonDocument("_id", conversation))
            .SingleAsync(Token);
        var copy = document["lastMessage"].AsBsonDocument;
        copy["_id"] = $"{conversation}|{copy["number"]}";
        copy["conversation"] = conversation;
        return copy;
    }

    private async Task CopyAsync(BsonDocument copy)
    {
        try
        {
            await _connections[Store].Collection("messages").InsertOneAsync(copy, null, Token);
        }
        catch (MongoWriteException exception) when (MongoErrors.IsDuplicateKey(exception))
        {
            // a copy is there
        }
    }

    private NewConversation Pair(
        string creator,
        string other,
        string requestId,
        string fingerprint
    ) =>
        new(
            ConversationIds.OfPair(creator, other),
            ConversationKind.Pair,
            "",
            creator,
            [other],
            requestId,
            fingerprint,
            Time.GetUtcNow()
        );

    private async Task<string> StartAsync(
        string creator,
        string other,
        string requestId,
        string fingerprint
    ) =>
        (
            await Store.StartAsync(Pair(creator, other, requestId, fingerprint), Token)
        ).ConversationId;

    private Task<AppendResult> SendAsync(string conversation, string text, string requestId) =>
        Store.AppendAsync(
            new MessageDraft
            {
                ConversationId = conversation,
                SenderId = "ann",
                Kind = MessageKind.Text,
                Text = text,
                RequestId = requestId,
                Fingerprint = requestId.Length == 0 ? "" : text,
                Time = Time.GetUtcNow(),
            },
            Token
        );

    private async Task<MessagePage> ReadAsync(string conversation, string reader = "bob") =>
        (
            await Store.ReadMessagesAsync(
                conversation,
                reader,
                new MessageRange(0, false, 100, int.MaxValue),
                Token
            )
        )!;

    protected override async Task<IMessageStore> OpenAsync()
    {
        await mongo.StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");
        var connection = new MongoConnection(
            new StorageOptions
            {
                ConnectionString = mongo.ConnectionString,
                Database = _database,
                // the machine of a test may be busy with something else
                CommandTimeout = TimeSpan.FromSeconds(30),
            }
        );
        foreach (var ofCollection in MongoMessageStore.Indexes)
        {
            await connection.EnsureIndexesAsync(
                ofCollection,
                TestContext.Current.CancellationToken
            );
        }
        var store = new MongoMessageStore(connection, Time);
        _connections.Add(store, connection);
        return store;
    }

    protected override Task CloseAsync(IMessageStore store)
    {
        _connections[store].Dispose();
        return Task.CompletedTask;
    }
}
