using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Tests.ServiceDefaults;

public sealed class StreamCursorTests
{
    [Fact]
    public void Decode_OwnCursor_ReturnsThePosition()
    {
        Assert.Equal("17", StreamCursor.Decode("stream", PageToken.Encode("stream", "17")));
        Assert.Null(StreamCursor.Decode("stream", ""));
    }

    [Fact]
    public void Decode_ForeignCursor_IsRefusedAsACursor()
    {
        AssertRefused(() => StreamCursor.Decode("stream", "x"));
        AssertRefused(() => StreamCursor.Decode("stream", PageToken.Encode("another", "17")));
    }

    [Fact]
    public void Decode_PositionThatMakesNoSense_IsRefusedAsACursor() =>
        AssertRefused(() =>
            StreamCursor.Decode<int>(
                "stream",
                PageToken.Encode("stream", "17"),
                _ => throw PageToken.Foreign()
            )
        );

    [Fact]
    public async Task RefusingCursors_PositionRefusedByTheStore_IsRefusedAsACursor()
    {
        var read = new List<int>();

        var refusal = await Assert.ThrowsAsync<DomainException>(async () =>
        {
            await foreach (var page in PagesAsync(PageToken.Foreign()).RefusingCursors())
            {
                read.Add(page);
            }
        });

        Assert.Equal([1, 2], read);
        Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
    }

    [Fact]
    public async Task RefusingCursors_AnotherRefusal_StaysWhatItIs()
    {
        var away = new DomainException(ErrorReason.StoreUnavailable, "away");

        var refusal = await Assert.ThrowsAsync<DomainException>(async () =>
            await PagesAsync(away)
                .RefusingCursors()
                .CountAsync(TestContext.Current.CancellationToken)
        );

        Assert.Same(away, refusal);
    }

    private static async IAsyncEnumerable<int> PagesAsync(DomainException end)
    {
        yield return 1;
        await Task.Yield();
        yield return 2;
        throw end;
    }

    private static void AssertRefused(Func<object?> action) =>
        Assert.Equal(
            ErrorReason.InvalidCursor,
            Assert.Throws<DomainException>(() => action()).Reason
        );
}
