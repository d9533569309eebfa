using Platform.Connections.Recommendations;

namespace Platform.Tests.Connections.UnitTests;

public sealed class RecommendationIdTests
{
    [Fact]
    public void TryParse_WhatToStringWrote_IsTheSame()
    {
        var id = new RecommendationId(new RecommendationKey("b.ob", "a_nn-1"), 12);

        Assert.Equal("b.ob~a_nn-1~12", id.ToString());
        Assert.True(RecommendationId.TryParse(id.ToString(), out var read));
        Assert.Equal(id, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann")]
    [InlineData("ann~bob")]
    [InlineData("ann~bob~0")]
    [InlineData("ann~bob~01")]
    [InlineData("ann~bob~-1")]
    [InlineData("ann~bob~+1")]
    [InlineData("ann~bob~99999999999")]
    [InlineData("ann~bob~1~2")]
    [InlineData("ann~ann~1")]
    [InlineData("~bob~1")]
    [InlineData("a nn~bob~1")]
    public void TryParse_WhatNobodyWrote_IsRefused(string text) =>
        Assert.False(RecommendationId.TryParse(text, out _));
}
