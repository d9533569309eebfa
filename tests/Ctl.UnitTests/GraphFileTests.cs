using Google.Protobuf.WellKnownTypes;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Ctl.Transfer;
using Platform.Follows.V1;
using static System.StringComparison;

namespace Platform.Tests.Ctl.UnitTests;

public sealed class GraphFileTests : IDisposable
{
    private static readonly RelationshipRecord Pair = new()
    {
        LowId = "ann",
        HighId = "bob",
        State = RelationshipState.Connected,
        StateTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddMilliseconds(1)),
        Invitation = new InvitationRecord
        {
            Number = 1,
            InviterId = "bob",
            State = InvitationState.Accepted,
            Note = "Grüße, \"ann\" 🎉\n<b> \u2028",
        },
        Ledger =
        {
            new TransitionRecord { Kind = ConnectionChangeKind.Invited, ActorId = "bob" },
            new TransitionRecord { Kind = ConnectionChangeKind.Connected, ActorId = "ann" },
        },
    };

    private static readonly RecommendationRecord Recommendation = new()
    {
        AuthorId = "ann",
        RecipientId = "bob",
        Number = 1,
        State = RecommendationState.Accepted,
        Text = "Grüße 🎉",
    };

    private static readonly MemberSettingsRecord Settings = new()
    {
        MemberId = "ann",
        Settings = new ConnectionSettings { ListVisibility = ListVisibility.OnlyMe },
    };

    private static readonly FollowRecord Follow = new()
    {
        FollowerId = "ann",
        Entity = new Entity { Kind = EntityKind.Hashtag, Id = "カフェ" },
    };

    private readonly string _file = Path.GetTempFileName();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Read_WhatWasWritten_IsTheSame()
    {
        await WriteAsync();

        var file = await GraphFile.CheckAsync(_file, Cancel);
        var read = await file.ReadAsync(Cancel).Select(line => line.Message!).ToListAsync(Cancel);

        Assert.Equal(new GraphCounts(4, 1, 1, 1, 1), file.Counts);
        Assert.Equal([Pair, Recommendation, Settings, Follow], read);
        var lines = await File.ReadAllLinesAsync(_file, Cancel);
        Assert.Equal("""{"type":"header","format":"platform-graph","version":1}""", lines[0]);
        Assert.Equal(
            """{"type":"follow","follower_id":"ann","entity":{"kind":"ENTITY_KIND_HASHTAG","id":"カフェ"}}""",
            lines[4]
        );
        Assert.StartsWith(
            "{\"type\":\"trailer\",\"lines\":4,\"relationships\":1,\"recommendations\":1,\"settings\":1,\"follows\":1,\"sha256\":\"",
            lines[5],
            Ordinal
        );
    }

    [Fact]
    public async Task Check_EveryTruncation_IsFound()
    {
        await WriteAsync();
        var whole = await File.ReadAllBytesAsync(_file, Cancel);
        // all but the last line feed, without which the file says the same
        for (var length = 0; length < whole.Length - 1; length++)
        {
            await File.WriteAllBytesAsync(_file, whole[..length], Cancel);

            var refusal = await Assert.ThrowsAsync<CliException>(() =>
                GraphFile.CheckAsync(_file, Cancel)
            );

            Assert.Equal(ExitCode.BadInput, refusal.ExitCode);
        }
    }

    [Theory]
    [InlineData("ann", "amm", LocalReason.FileDamaged)]
    [InlineData("\"version\":1", "\"version\":2", LocalReason.UnsupportedVersion)]
    [InlineData("platform-graph", "other", LocalReason.NotAnExport)]
    [InlineData("\"follows\":1", "\"follows\":2", LocalReason.FileDamaged)]
    [InlineData("{\"type\":\"follow\"", "junk", LocalReason.FileDamaged)]
    public async Task Check_Changed_IsRefused(string from, string to, string reason)
    {
        await WriteAsync();
        var text = await File.ReadAllTextAsync(_file, Cancel);
        await File.WriteAllTextAsync(_file, text.Replace(from, to, Ordinal), Cancel);

        var refusal = await Assert.ThrowsAsync<CliException>(() =>
            GraphFile.CheckAsync(_file, Cancel)
        );

        Assert.Equal(reason, refusal.Reason);
    }

    [Fact]
    public async Task Check_LinesAfterTheTrailer_AreRefused()
    {
        await WriteAsync();
        await File.AppendAllTextAsync(_file, GraphFormat.Line(Follow) + "\n", Cancel);

        var refusal = await Assert.ThrowsAsync<CliException>(() =>
            GraphFile.CheckAsync(_file, Cancel)
        );

        Assert.Equal(LocalReason.FileDamaged, refusal.Reason);
    }

    [Fact]
    public async Task Check_UnknownTypesAndJunk_AreCountedByLine()
    {
        string[] lines =
        [
            GraphFormat.Header(),
            """{"type":"poll","member_id":"ann"}""",
            "junk",
            """{"type":"follow","follower":"ann"}""",
            """{"member_id":"ann"}""",
            """{"type":"follow","type":"follow"}""",
            GraphFormat.Line(Follow),
        ];
        var text = string.Concat(lines.Select(line => line + "\n"));
        var hash = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))
        );
        await File.WriteAllTextAsync(
            _file,
            text + GraphFormat.Trailer(new GraphCounts(6, 0, 1, 0, 0), hash) + "\n",
            Cancel
        );

        var file = await GraphFile.CheckAsync(_file, Cancel);

        Assert.Equal([3L, 4L, 5L, 6L], file.Junk.Select(junk => junk.Line));
        Assert.Equal(4, file.JunkCount);
        Assert.Equal([KeyValuePair.Create("poll", 1L)], file.UnknownTypes);
        Assert.Equal(
            [Follow],
            await file.ReadAsync(Cancel).Select(line => line.Message!).ToListAsync(Cancel)
        );
    }

    [Theory]
    [InlineData]
    [InlineData("--edges", "x", "--graph", "y")]
    public async Task Import_NotExactlyOneFile_IsWrongUsage(params string[] options)
    {
        var run = await CliRun.RunAsync(["import", .. options]);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("one of the two", run.Error, Ordinal);
    }

    private async Task WriteAsync()
    {
        await using var output = new StreamWriter(_file);
        using var writer = await GraphWriter.BeginAsync(output);
        await writer.WriteAsync(Pair);
        await writer.WriteAsync(Recommendation);
        await writer.WriteAsync(Settings);
        await writer.WriteAsync(Follow);
        await writer.CompleteAsync();
    }
}
