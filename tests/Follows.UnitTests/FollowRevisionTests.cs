using Platform.Common.V1;
using Platform.Follows.Follows;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Follows.UnitTests;

public sealed class FollowRevisionTests
{
    [Fact]
    public void Require_RevisionOfAChange_IsAccepted() =>
        FollowRevision.Require(
            new Consistency { AtLeastRevision = FollowRevision.Of("42", 123_456_789_012_345) }
        );

    [Fact]
    public void Require_Nothing_IsAccepted()
    {
        FollowRevision.Require(null);
        FollowRevision.Require(new Consistency());
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("f1-")]
    [InlineData("f1-400-1")]
    [InlineData("f1-0-1-2")]
    [InlineData("f1-zz-1")]
    public void Require_SomethingElse_IsRefused(string revision)
    {
        var refusal = Assert.Throws<DomainException>(() =>
            FollowRevision.Require(new Consistency { AtLeastRevision = revision })
        );
        Assert.Equal(ErrorReason.InvalidRevision, refusal.Reason);
    }
}
