using Platform.Common.V1;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class RevisionsTests
{
    [Fact]
    public void EnsureReached_OwnRevisionOrNone_Passes()
    {
        Revisions.EnsureReached(null);
        Revisions.EnsureReached(new Consistency());
        Revisions.EnsureReached(
            new Consistency
            {
                AtLeastRevision = Revisions.Of(
                    new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
                ),
            }
        );
    }

    [Theory]
    [InlineData("x")]
    [InlineData("m1-")]
    [InlineData("m1-zz")]
    [InlineData("17")]
    public void EnsureReached_ForeignRevision_IsInvalid(string revision)
    {
        var refusal = Assert.Throws<DomainException>(() =>
            Revisions.EnsureReached(new Consistency { AtLeastRevision = revision })
        );

        Assert.Equal(ErrorReason.InvalidRevision, refusal.Reason);
    }
}
