using Microsoft.Data.Sqlite;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Sqlite;
using Platform.Testing;
using SQLitePCL;

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
    public async Task Read_WithAnotherLimit_IsNotPlannedAgain()
    {
        const int PlannedAgain = 5; // SQLITE_STMTSTATUS_REPREPARE
        using var database = new SqliteDatabase(_folder.File("plans.db"), Schema);

        var planned = await database.ReadAsync(
            session =>
            {
                _ = raw.sqlite3_prepare_v2(
                    session.Command("SELECT 1").Connection!.Handle,
                    "SELECT id FROM counters ORDER BY id LIMIT $limit",
                    out var statement
                );
                using (statement)
                {
                    for (var limit = 1; limit < 4; limit++)
                    {
                        raw.sqlite3_bind_int(statement, 1, limit);
                        Assert.Equal(raw.SQLITE_DONE, raw.sqlite3_step(statement));
                        raw.sqlite3_reset(statement);
                    }
                    return raw.sqlite3_stmt_status(statement, PlannedAgain, 0);
                }
            },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(0, planned);
    }

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
    public async Task WriteAsync_SomeOfManyThrow_EachStandsOrFallsAlone()
    {
        using var database = Open();
        await database.WriteAsync(
            session => session.Command("INSERT INTO counters VALUES('taken', 1)").ExecuteNonQuery(),
            CancellationToken.None
        );
        // the first holds the writer until the others wait behind it, so that they are committed together
        using var waiting = new CountdownEvent(30);
        var first = Task.Run(() =>
            database.WriteAsync(session => waiting.Wait(TimeSpan.FromSeconds(30)), default)
        );
        var others = Enumerable
            .Range(0, 30)
            .Select(number =>
                Task.Run(async () =>
                {
                    var write = database.WriteAsync(
                        session =>
                        {
                            session
                                .Command("INSERT INTO counters VALUES($id, 1)")
                                .Bind("$id", $"n{number}")
                                .ExecuteNonQuery();
                            return (number % 3) switch
                            {
                                1 => throw new InvalidOperationException($"{number}"),
                                2 => session
                                    .Command("INSERT INTO counters VALUES('taken', 2)")
                                    .ExecuteNonQuery(),
                                _ => number,
                            };
                        },
                        CancellationToken.None
                    );
                    waiting.Signal();
                    return await write;
                })
            )
            .ToArray();
        Assert.True(await first);

        foreach (var (number, write) in others.Index())
        {
            switch (number % 3)
            {
                case 1:
                    var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => write);
                    Assert.Equal($"{number}", thrown.Message);
                    break;
                case 2:
                    var refusal = await Assert.ThrowsAsync<DomainException>(() => write);
                    Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
                    break;
                default:
                    Assert.Equal(number, await write);
                    break;
            }
            Assert.Equal(number % 3 == 0 ? 1 : null, await ValueAsync(database, $"n{number}"));
        }
    }

    [Fact]
    public async Task WriteAsync_CancelledWhileItWaits_IsNotStored()
    {
        using var database = Open();
        using var cancelled = new CancellationTokenSource();
        using var isHeld = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var first = Task.Run(() =>
            database.WriteAsync(
                _ =>
                {
                    isHeld.Set();
                    return goOn.Wait(TimeSpan.FromSeconds(30));
                },
                CancellationToken.None
            )
        );
        isHeld.Wait(TestContext.Current.CancellationToken);
        var second = database.WriteAsync(
            session => session.Command("INSERT INTO counters VALUES('d', 1)").ExecuteNonQuery(),
            cancelled.Token
        );

        await cancelled.CancelAsync();
        goOn.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.True(await first);
        Assert.Null(await ValueAsync(database, "d"));
    }

    [Fact]
    public async Task Dispose_WhileWritesWait_TellsThem()
    {
        var database = Open();
        using var isHeld = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var first = Task.Run(() =>
            database.WriteAsync(
                _ =>
                {
                    isHeld.Set();
                    return goOn.Wait(TimeSpan.FromSeconds(30));
                },
                CancellationToken.None
            )
        );
        isHeld.Wait(TestContext.Current.CancellationToken);
        var waiting = Enumerable
            .Range(0, 20)
            .Select(_ => database.WriteAsync(_ => 1, CancellationToken.None))
            .ToArray();

        goOn.Set();
        database.Dispose();

        Assert.True(await first);
        foreach (var write in waiting)
        {
            // before it or after it, but told
            try
            {
                Assert.Equal(1, await write);
            }
            catch (ObjectDisposedException) { }
        }
        await Assert.ThrowsAsync<ObjectDisposedException>(() =>
            database.WriteAsync(_ => 1, CancellationToken.None)
        );
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

    [Fact]
    public void Open_FileOfAnotherProcess_IsRefused()
    {
        using var database = Open();
        var refusal = Assert.Throws<InvalidOperationException>(Open);
        Assert.Contains("another process", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_AfterAcknowledgedWrites_SeesThem()
    {
        using var database = Open();
        await Parallel.ForAsync(
            0,
            16,
            async (caller, token) =>
            {
                var id = $"caller-{caller}";
                for (var value = 1; value <= 200; value++)
                {
                    var written = value;
                    await database.WriteAsync(
                        session =>
                            session
                                .Command("INSERT OR REPLACE INTO counters VALUES($id, $value)")
                                .Bind("$id", id)
                                .Bind("$value", written)
                                .ExecuteNonQuery(),
                        token
                    );
                    // each on whatever session is at rest, with whatever snapshot it kept
                    Assert.Equal(written, await ValueAsync(database, id));
                    Assert.Equal(written, await ValueAsync(database, id));
                }
            }
        );
    }

    [Fact]
    public async Task ReadAsync_SeveralStatements_SeeOneState()
    {
        using var database = Open();
        var written = Task.CompletedTask;
        var (before, after) = await database.ReadAsync(
            session =>
            {
                var sql = "SELECT COUNT(*) FROM counters";
                var first = (long)session.Command(sql).ExecuteScalar()!;
                written = database.WriteAsync(
                    writer =>
                        writer.Command("INSERT INTO counters VALUES('late', 1)").ExecuteNonQuery(),
                    CancellationToken.None
                );
                Assert.True(written.IsCompletedSuccessfully);
                return (first, (long)session.Command(sql).ExecuteScalar()!);
            },
            CancellationToken.None
        );
        Assert.Equal(before, after);
        await written;
        Assert.Equal(1, await ValueAsync(database, "late"));
    }

    [Fact]
    public async Task WriteAsync_WhileReadersRest_UsesTheLogAnew()
    {
        using var database = Open();
        // sessions that keep a snapshot each
        using var together = new Barrier(4);
        await Task.WhenAll(
            Enumerable
                .Range(0, together.ParticipantCount)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                            database.ReadAsync(
                                session =>
                                {
                                    together.SignalAndWait();
                                    return session.Command("SELECT 1").ExecuteScalar();
                                },
                                CancellationToken.None
                            ),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
        );
        for (var write = 0; write < 400; write++)
        {
            await database.WriteAsync(
                session =>
                    session
                        .Command(
                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT OR REPLACE INTO counters SELECT printf('%0200d', i), random() FROM n"
                        )
                        .ExecuteNonQuery(),
                CancellationToken.None
            );
        }
        // 16 MiB are copied at once, and what the sweep's interval adds; without it all 400 writes would stand there, 90 MiB
        Assert.InRange(new FileInfo(_folder.File("test.db-wal")).Length, 1, 32 << 20);
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
