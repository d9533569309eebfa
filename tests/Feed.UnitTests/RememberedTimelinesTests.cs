using Microsoft.Extensions.Options;
using Platform.Feed.Posts;
using Platform.Feed.Timelines;
using Platform.Storage.Redis;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>A replica that remembers a timeline, and another that changes it.</summary>
public sealed class RememberedTimelinesTests
{
    // no other test has it
    private readonly string _ann = $"ann-{Guid.NewGuid():n}";

    private static readonly TimelineMark Mark = new(
        3,
        4,
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)
    );

    private readonly RedisConnection _redis;
    private readonly RedisTimelineStore _reader;
    private readonly RedisTimelineStore _other;

    public RememberedTimelinesTests(GarnetFixture garnet)
    {
        ArgumentNullException.ThrowIfNull(garnet);
        _redis = garnet.Redis;
        _reader = NewStore();
        _other = NewStore();
    }

    [Fact]
    public async Task Read_NothingChanged_IsTheSame()
    {
        await BuildAsync(_other, Mark, 7, 5);

        Assert.Same(await _reader.ReadAsync(_ann, default), await _reader.ReadAsync(_ann, default));
    }

    [Fact]
    public async Task Read_Pushed_HasIt()
    {
        await BuildAsync(_other, Mark, 7, 5);
        await _reader.ReadAsync(_ann, default);

        await _other.PushAsync(new PostId(9), [_ann], again: false, default);

        var entries = await ReadAsync();
        Assert.Equal([9, 7, 5], entries);
    }

    [Fact]
    public async Task Read_RebuiltWithTheSameHead_HasTheNewEntries()
    {
        var head = Enumerable.Range(0, 40).Select(number => 100 - number).ToArray();
        await BuildAsync(_other, Mark, [.. head, 5]);
        await _reader.ReadAsync(_ann, default);

        await BuildAsync(
            _other,
            Mark with
            {
                BuildTime = Mark.BuildTime.AddMilliseconds(1),
            },
            [.. head, 4]
        );

        Assert.Equal(4, (await ReadAsync())[^1]);
    }

    [Fact]
    public async Task Read_DeletedAndOpenedAgain_IsEmpty()
    {
        await BuildAsync(_other, Mark, 7, 5);
        await _reader.ReadAsync(_ann, default);

        await _other.DeleteAsync(_ann, default);
        Assert.Null(await _reader.ReadAsync(_ann, default));
        await _other.OpenAsync(_ann, default);

        Assert.Empty(await ReadAsync());
        Assert.Null((await _reader.ReadAsync(_ann, default))!.Mark);
    }

    [Fact]
    public async Task Replace_CutMeanwhile_SucceedsWithTheSecondReading()
    {
        var entries = Enumerable.Range(0, 30).Select(number => 100 - number).ToArray();
        await BuildAsync(_other, Mark, entries);
        var seen = (await _reader.ReadAsync(_ann, default))!;
        // of which the head says nothing
        var database = await _redis.GetDatabaseAsync();
        await database.ListTrimAsync(new TimelineKeys(_redis.KeyPrefix).Entries(_ann), 0, 24);

        Assert.False(await _reader.ReplaceAsync(_ann, seen, [new PostId(1)], Mark, default));
        seen = (await _reader.ReadAsync(_ann, default))!;
        Assert.True(await _reader.ReplaceAsync(_ann, seen, [new PostId(1)], Mark, default));
    }

    private RedisTimelineStore NewStore() =>
        new(_redis, Options.Create(new TimelineOptions()), TimeProvider.System);

    private async Task<long[]> ReadAsync() =>
        [.. (await _reader.ReadAsync(_ann, default))!.Entries.Select(id => id.Value)];

    private async Task BuildAsync(RedisTimelineStore store, TimelineMark mark, params int[] ids)
    {
        await store.OpenAsync(_ann, default);
        var seen = (await store.ReadAsync(_ann, default))!;
        Assert.True(
            await store.ReplaceAsync(
                _ann,
                seen,
                Array.ConvertAll(ids, id => new PostId(id)),
                mark,
                default
            )
        );
    }
}
