using CsCheck;
using Platform.ServiceDefaults.Text;

namespace Platform.Tests.Follows.UnitTests;

public sealed class HashtagIdTests
{
    [Theory]
    [InlineData("DotNet", "dotnet")]
    [InlineData("#DotNet", "dotnet")]
    [InlineData("＃ＣＡＦＥ\u0301", "café")]
    [InlineData("café", "café")]
    [InlineData("数据", "数据")]
    [InlineData("हिन्दी", "हिन्दी")]
    [InlineData("100days_of_code", "100days_of_code")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφοσ")]
    public void TryNormalize_Hashtag_IsOneForm(string text, string expected)
    {
        Assert.True(HashtagId.TryNormalize(text, out var id));
        Assert.Equal(expected, id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#")]
    [InlineData("##twice")]
    [InlineData("two words")]
    [InlineData("a-b")]
    [InlineData("a:b")]
    [InlineData("___")]
    [InlineData("\u0301\u0302")]
    [InlineData("😀")]
    [InlineData("a\u200Db")]
    [InlineData("a\0")]
    public void TryNormalize_NoHashtag_IsRefused(string text) =>
        Assert.False(HashtagId.TryNormalize(text, out _));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void TryNormalize_Length_IsCountedInCodePoints(int length, bool valid) =>
        // outside the basic plane: two UTF-16 units each
        Assert.Equal(
            valid,
            HashtagId.TryNormalize(string.Concat(Enumerable.Repeat("\U00020000", length)), out _)
        );

    [Fact]
    public void TryNormalize_AnyText_IsStableAndValidAgain() =>
        Gen.Frequency(
                (3, Gen.Char),
                (2, Gen.Char['\u0300', '\u036F']),
                (2, Gen.Char['A', 'z']),
                (1, Gen.Char['\uFF00', '\uFFEF'])
            )
            .Array[1, 12]
            .Select(characters => new string(characters))
            .Sample(
                text =>
                {
                    if (HashtagId.TryNormalize(text, out var id))
                    {
                        Assert.True(HashtagId.TryNormalize(id, out var again));
                        Assert.Equal(id, again);
                    }
                },
                iter: 20_000,
                threads: 1
            );
}
