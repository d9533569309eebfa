using Platform.Connections.Invitations;
using Platform.Connections.Relationships;

namespace Platform.Tests.Connections.UnitTests;

public sealed class InvitationIdTests
{
    [Fact]
    public void TryParse_OwnText_IsTheSame()
    {
        var id = new InvitationId(MemberPair.Of("zoe", "Al.b_c-1"), 12);

        Assert.True(InvitationId.TryParse(id.ToString(), out var parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann~bob")]
    [InlineData("ann~bob~0")]
    [InlineData("ann~bob~-1")]
    [InlineData("ann~bob~+1")]
    [InlineData("ann~bob~1~2")]
    [InlineData("bob~ann~1")]
    [InlineData("ann~ann~1")]
    [InlineData("~ann~1")]
    [InlineData("a|n~bob~1")]
    [InlineData("ann~bob~99999999999")]
    [InlineData("ann~bob~1 ")]
    public void TryParse_NeverWrittenByUs_IsRefused(string text) =>
        Assert.False(InvitationId.TryParse(text, out _));
}
