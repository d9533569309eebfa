using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Idempotency;

namespace Platform.Tests.ServiceDefaults;

public sealed class RequestFingerprintTests
{
    [Fact]
    public void Of_OtherRequestId_IsTheSame() =>
        Assert.Equal(
            RequestFingerprint.Of(new CreatePostRequest { Text = "a", RequestId = "1" }),
            RequestFingerprint.Of(new CreatePostRequest { Text = "a", RequestId = "2" })
        );

    [Fact]
    public void Of_OtherContentOrType_Differs()
    {
        Assert.NotEqual(
            RequestFingerprint.Of(new CreatePostRequest { Text = "a" }),
            RequestFingerprint.Of(new CreatePostRequest { Text = "b" })
        );
        Assert.NotEqual(
            RequestFingerprint.Of(new CreatePostRequest()),
            RequestFingerprint.Of(new Entity())
        );
    }

    [Fact]
    public void Of_OtherFreshness_IsTheSame() =>
        Assert.Equal(
            RequestFingerprint.Of(new SendMessageRequest { Text = "a" }),
            RequestFingerprint.Of(
                new SendMessageRequest
                {
                    Text = "a",
                    ConnectionsConsistency = new Consistency { AtLeastRevision = "1" },
                }
            )
        );

    [Fact]
    public void Of_ActingMember_CountsHoweverItWasSaid()
    {
        var said = RequestFingerprint.Of(new SendMessageRequest { MemberId = "ann", Text = "a" });
        Assert.Equal(said, RequestFingerprint.Of(new SendMessageRequest { Text = "a" }, "ann"));
        Assert.NotEqual(said, RequestFingerprint.Of(new SendMessageRequest { Text = "a" }, "bob"));
    }

    [Fact]
    public void Of_Request_LeavesItAlone()
    {
        var request = new SendMessageRequest
        {
            MemberId = "ann",
            RequestId = "1",
            ConnectionsConsistency = new Consistency { AtLeastRevision = "1" },
        };
        var before = request.Clone();
        RequestFingerprint.Of(request, "bob");
        Assert.Equal(before, request);
    }
}
