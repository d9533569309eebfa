using Platform.Common.V1;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Tests.Connections.UnitTests.Watch;

public sealed class RecordCursorTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 12)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Read_WhatWasWritten_IsTheSame(long floor, long position)
    {
        var cursor = new RecordCursor(floor, position);

        Assert.Equal(cursor, RecordCursor.Read(cursor.Write()));
    }

    [Fact]
    public void Read_Empty_IsNone() => Assert.Null(RecordCursor.Read(""));

    [Fact]
    public void Read_Foreign_IsRefused()
    {
        string[] foreign =
        [
            "c17",
            "%%%",
            new string('A', 5000),
            PageToken.Encode("stream/ann", "1|2"),
            PageToken.Encode("watch-connections", "12"),
            PageToken.Encode("watch-connections", "|12"),
            PageToken.Encode("watch-connections", "-1|12"),
            PageToken.Encode("watch-connections", "12|7"),
            PageToken.Encode("watch-connections", "1|99999999999999999999"),
        ];
        foreach (var text in foreign)
        {
            var refusal = Assert.Throws<DomainException>(() => RecordCursor.Read(text));
            Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
        }
    }
}
