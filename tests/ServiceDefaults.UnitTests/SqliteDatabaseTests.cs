using Microsoft.Data.Sqlite;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

public sealed class SqliteDatabaseTests : IDisposable
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE counters(id TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    ];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_ManyAtOnce_LosesNone()
    {
        using var database = Open();
        await Parallel.ForAsync(
            0,
            2_000,
            async (_, token) =>
                await database.WriteAsync(
                    session =>
                    {
                        var command = session.Command(
                            "INSERT INTO counters VALUES($id, 1) ON CONFLICT(id) DO UPDATE SET value = value + 1"
                        );
                        return command.Bind("$id", "a").ExecuteNonQuery();
                    },
                    token
                )
        );
        Assert.Equal(2_000, await ValueAsync(database, "a"));
    }

    [Fact]
    public async Task WriteAsync_Throws_StoresNothing()
    {
        using var database = Open();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            database.WriteAsync<int>(
                session =>
                {
                    session.Command("INSERT INTO counters VALUES('b', 1)").ExecuteNonQuery();
                    throw new InvalidOperationException();
                },
                CancellationToken.None
            )
        );
        Assert.Null(await ValueAsync(database, "b"));
        // and the next write goes on
        await database.WriteAsync(
            session => session.Command("INSERT INTO counters VALUES('b', 2)").ExecuteNonQuery(),
            CancellationToken.None
        );
        Assert.Equal(2, await ValueAsync(database, "b"));
    }

    [Fact]
    public async Task WriteAsync_DriverFails_NothingOfItLeaks()
    {
        using var database = Open();
        var refusal = await Assert.ThrowsAsync<DomainException>(() =>
            database.WriteAsync(
                session => session.Command("INSERT INTO nowhere VALUES(1)").ExecuteNonQuery(),
                CancellationToken.None
            )
        );
        Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
        Assert.DoesNotContain("nowhere", refusal.Message, StringComparison.Ordinal);
        Assert.IsType<SqliteException>(refusal.InnerException);
    }

    [Fact]
    public async Task Open_Again_KeepsDataAndRunsOnlyNewMigrations()
    {
        using (var database = Open())
        {
            await database.WriteAsync(
                session => session.Command("INSERT INTO counters VALUES('c', 7)").ExecuteNonQuery(),
                CancellationToken.None
            );
        }
        using var reopened = new SqliteDatabase(
            _folder.File("test.db"),
            [.. Schema, "UPDATE counters SET value = value + 1"]
        );
        Assert.Equal(8, await ValueAsync(reopened, "c"));
    }

    [Fact]
    public void Open_FileOfANewerBuild_IsRefused()
    {
        using (
            new SqliteDatabase(_folder.File("test.db"), [.. Schema, "CREATE TABLE later(id TEXT)"])
        ) { }
        Assert.Throws<InvalidOperationException>(Open);
    }

    private SqliteDatabase Open() => new(_folder.File("test.db"), Schema);

    private static Task<long?> ValueAsync(SqliteDatabase database, string id) =>
        database.ReadAsync(
            session =>
                (long?)
                    session
                        .Command("SELECT value FROM counters WHERE id = $id")
                        .Bind("$id", id)
                        .ExecuteScalar(),
            CancellationToken.None
        );
}
