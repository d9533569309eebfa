using Microsoft.Data.Sqlite;
using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Messaging.Conversations;

namespace Platform.Benchmarks.Suites;

/// <summary>Fills conversations with messages, without sending each: what is measured is reading them.</summary>
/// <param name="messages">How many a long one has.</param>
public sealed class MessagingFill(int messages)
{
    private const string Text = "Shall we meet on Tuesday at five, at the library as always?";
    private const int Batch = 5_000;

    /// <summary>How many messages a long conversation has.</summary>
    public int Messages => messages;

    /// <summary>Fills a short and a long conversation; both must have been started and hold few messages.</summary>
    /// <returns>Their ids.</returns>
    public async Task<(string Small, string Large)> FillAsync(
        IReadOnlyDictionary<string, string?> storage,
        (string Low, string High) small,
        (string Low, string High) large,
        int count
    )
    {
        var ids = (
            Small: ConversationIds.OfPair(small.Low, small.High),
            Large: ConversationIds.OfPair(large.Low, large.High)
        );
        foreach (
            var (id, sender, size) in new[]
            {
                (ids.Small, small.Low, count),
                (ids.Large, large.Low, messages),
            }
        )
        {
            if (storage.TryGetValue("Storage:Path", out var path))
            {
                await FillSqliteAsync(path!, id, sender, size);
            }
            else
            {
                await FillMongoAsync(storage, id, sender, size);
            }
        }
        return ids;
    }

    private static async Task FillSqliteAsync(string path, string id, string sender, int count)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var fill = connection.CreateCommand();
        fill.CommandTimeout = 600;
        fill.CommandText = """
            BEGIN;
            DELETE FROM messages WHERE conversation = (SELECT key FROM conversations WHERE id = $id);
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $count)
            INSERT INTO messages (conversation, number, kind, sender, text, created)
                SELECT c.key, n, 1, $sender, $text, c.created FROM conversations c, numbers WHERE c.id = $id;
            UPDATE conversations SET last_number = $count WHERE id = $id;
            COMMIT;
            """;
        fill.Parameters.AddWithValue("$id", id);
        fill.Parameters.AddWithValue("$count", count);
        fill.Parameters.AddWithValue("$sender", sender);
        fill.Parameters.AddWithValue("$text", Text);
        await fill.ExecuteNonQueryAsync();
    }

    private static async Task FillMongoAsync(
        IReadOnlyDictionary<string, string?> storage,
        string id,
        string sender,
        int count
    )
    {
        using var client = new MongoClient(storage["Storage:ConnectionString"]);
        var database = client.GetDatabase(storage["Storage:Database"]);
        var conversations = database.GetCollection<BsonDocument>("conversations");
        var documents = database.GetCollection<BsonDocument>("messages");
        await documents.DeleteManyAsync(new BsonDocument("conversation", id));
        for (var first = 1; first < count; first += Batch)
        {
            await documents.InsertManyAsync(
                Enumerable
                    .Range(first, Math.Min(Batch, count - first))
                    .Select(number => new BsonDocument
                    {
                        ["_id"] = $"{id}|{number}",
                        ["conversation"] = id,
                        ["number"] = (long)number,
                        ["kind"] = 1,
                        ["sender"] = sender,
                        ["text"] = Text,
                        ["created"] = new BsonDateTime(0),
                        ["sent"] = (long)number,
                    }),
                new InsertManyOptions { IsOrdered = false }
            );
        }
        await conversations.UpdateOneAsync(
            new BsonDocument("_id", id),
            new BsonDocument(
                "$set",
                new BsonDocument
                {
                    ["lastNumber"] = (long)count,
                    ["lastMessage.number"] = (long)count,
                }
            )
        );
    }
}
