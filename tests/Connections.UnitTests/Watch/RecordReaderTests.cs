using Platform.Connections.Watch;

namespace Platform.Tests.Connections.UnitTests.Watch;

/// <summary>Reading a record in which changes become visible late, and pairs change while it is read.</summary>
public sealed class RecordReaderTests
{
    private readonly ScriptedRecord _record = new();

    [Fact]
    public async Task Look_NothingNew_MeetsNothingTwice()
    {
        _record.Show("a", 1);
        _record.Show("b", 2);
        var reader = new RecordReader(_record, RecordCursor.Beginning);

        Assert.Equal(["a1", "b2"], await LookAsync(reader));
        Assert.Empty(await LookAsync(reader));
        Assert.Equal(new RecordCursor(2, 2), reader.Cursor);
    }

    [Fact]
    public async Task Look_ChangeVisibleLate_MeetsItOnce()
    {
        _record.Unsettled = 10;
        _record.Now = 100;
        _record.Show("a", 98);
        var reader = new RecordReader(_record, RecordCursor.Beginning);
        Assert.Equal(["a98"], await LookAsync(reader));

        _record.Show("b", 95);

        Assert.Equal(["b95"], await LookAsync(reader));
        Assert.Empty(await LookAsync(reader));
        Assert.Equal(new RecordCursor(90, 90), reader.Cursor);
        _record.Now = 200;
        Assert.Empty(await LookAsync(reader));
        Assert.Equal(new RecordCursor(98, 98), reader.Cursor);
    }

    [Fact]
    public async Task Look_FromLater_LeavesTheCursorForTheThoroughLook()
    {
        _record.Unsettled = 50;
        _record.Now = 100;
        _record.Show("a", 98);
        var reader = new RecordReader(_record, RecordCursor.Beginning);
        await LookAsync(reader);
        _record.Show("late", 60);
        _record.Show("new", 101);

        Assert.Equal(["new101"], await LookAsync(reader, from: 97));
        Assert.Equal(new RecordCursor(50, 50), reader.Cursor);
        Assert.Equal(["late60"], await LookAsync(reader));
    }

    [Fact]
    public async Task Look_PageReadLongAgo_DoesNotSettleWhatCameMeanwhile()
    {
        _record.Unsettled = 10;
        _record.Now = 100;
        _record.Show("a", 98);
        var reader = new RecordReader(_record, RecordCursor.Beginning);
        var look = reader.LookAsync().GetAsyncEnumerator();
        Assert.True(await look.MoveNextAsync());
        // the reader rests for long within the look; what was not visible when it began may have come since
        _record.Show("late", 95);
        _record.Now = 500;
        Assert.False(await look.MoveNextAsync());

        Assert.Equal(new RecordCursor(90, 90), reader.Cursor);
        Assert.Equal(["late95"], await LookAsync(reader));
    }

    [Fact]
    public async Task Look_StoppedHalfWay_ResumesWithoutAGap()
    {
        // the pair changed at 1 and at 9: it is met at 9, after one that changed at 5
        _record.Show("a", 1, 9);
        _record.Show("b", 5);
        var reader = new RecordReader(_record, RecordCursor.Beginning);
        RecordCursor afterFirst = default;
        await foreach (var changed in reader.LookAsync())
        {
            Assert.Equal("b", changed.Relationship.Pair.Low);
            afterFirst = changed.Cursor;
            break;
        }

        Assert.Equal(new RecordCursor(0, 5), afterFirst);
        var resumed = new RecordReader(_record, afterFirst);
        await foreach (var changed in resumed.LookAsync())
        {
            Assert.Equal([1, 9], changed.Changes.Select(change => change.Line.Revision));
        }
    }

    [Fact]
    public async Task Look_RevisionsOfTheFuture_AreMetOnceAndHoldTheCursorBack()
    {
        // a server's clock was far ahead
        _record.Unsettled = 10;
        _record.Now = 100;
        _record.Show("ahead", 5000);
        _record.Show("a", 99);
        var reader = new RecordReader(_record, RecordCursor.Beginning);

        Assert.Equal(["a99", "ahead5000"], await LookAsync(reader));
        Assert.Empty(await LookAsync(reader));
        Assert.Equal(90, reader.Cursor.Position);
        _record.Now = 120;
        _record.Show("b", 115);
        Assert.Equal(["b115"], await LookAsync(reader));
    }

    [Fact]
    public async Task Look_ManyPages_MeetsAll()
    {
        for (var index = 1; index <= 1234; index++)
        {
            _record.Show($"a{index:0000}", index);
        }
        var reader = new RecordReader(_record, RecordCursor.Beginning);

        Assert.Equal(1234, (await LookAsync(reader)).Count);
        Assert.Equal(1234, reader.Tip);
    }

    private static async Task<List<string>> LookAsync(RecordReader reader, long from = 0)
    {
        var met = new List<string>();
        await foreach (var changed in reader.LookAsync(from))
        {
            met.Add($"{changed.Relationship.Pair.Low}{changed.Relationship.Revision}");
        }
        return met;
    }
}
