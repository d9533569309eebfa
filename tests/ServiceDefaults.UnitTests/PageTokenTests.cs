using CsCheck;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Tests.ServiceDefaults;

public sealed class PageTokenTests
{
    [Fact]
    public void Decode_OwnToken_ReturnsThePosition() =>
        Gen.Select(Gen.String, Gen.String)
            .Sample(
                (scope, position) =>
                    PageToken.Decode(scope, PageToken.Encode(scope, position)) == Utf8(position)
            );

    [Fact]
    public void Encode_EndOfList_IsEmpty()
    {
        Assert.Equal("", PageToken.Encode("list", null));
        Assert.Null(PageToken.Decode("list", ""));
    }

    [Fact]
    public void Decode_TokenOfAnotherList_IsRefused() =>
        AssertRefused(() =>
            PageToken.Decode("connections of b", PageToken.Encode("connections of a", "17"))
        );

    [Theory]
    [InlineData("x")]
    [InlineData("not a token")]
    [InlineData("AAAAAAAAAAAAAAAA")]
    [InlineData("////")]
    public void Decode_Junk_IsRefused(string token) =>
        AssertRefused(() => PageToken.Decode("list", token));

    [Fact]
    public void Decode_AnyJunk_IsRefusedAndNothingElse() =>
        Gen
            .String.Where(token => token.Length > 0)
            .Sample(token => AssertRefused(() => PageToken.Decode("list", token)));

    [Fact]
    public void Decode_Oversized_IsRefused() =>
        AssertRefused(() => PageToken.Decode("list", new string('A', 100_000)));

    private static void AssertRefused(Action action) =>
        Assert.Equal(ErrorReason.InvalidPageToken, Assert.Throws<DomainException>(action).Reason);

    // lone surrogates do not survive UTF-8; positions are never made of them
    private static string Utf8(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
