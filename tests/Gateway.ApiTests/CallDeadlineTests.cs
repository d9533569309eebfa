using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Platform.Gateway.Deadlines;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>What a second attempt is told of the caller's time.</summary>
public sealed class CallDeadlineTests
{
    private const string Header = "grpc-timeout";

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("100m", 40, "60m")]
    [InlineData("2S", 500, "1500m")]
    [InlineData("1H", 1, "3599999m")]
    [InlineData("1000000u", 250, "750m")]
    [InlineData("1M", 61_000, "0m")] // over, and never less than that
    [InlineData("99999999S", 1000, "99999998S")] // more milliseconds than may be written
    [InlineData("100m", 0, "100m")] // the caller's own words
    [InlineData("5000000n", 0, "5000000n")]
    public void Lessen_AfterSomeTime_SaysWhatIsLeft(string given, int passed, string left)
    {
        var headers = new HeaderDictionary { [Header] = given };
        var deadline = CallDeadline.Read(headers, _time)!;

        _time.Advance(TimeSpan.FromMilliseconds(passed));
        deadline.Lessen(headers);

        Assert.Equal(left, headers[Header]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("10")]
    [InlineData("10x")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")] // nine digits are one too many
    public void Read_NotAsSpecified_IsLeftToTheService(string given) =>
        Assert.Null(CallDeadline.Read(new HeaderDictionary { [Header] = given }, _time));
}
