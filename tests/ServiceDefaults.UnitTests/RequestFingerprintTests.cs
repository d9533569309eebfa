using Platform.Common.V1;
using Platform.Feed.V1;
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
    public void Of_Request_LeavesItAlone()
    {
        var request = new CreatePostRequest { RequestId = "1" };
        RequestFingerprint.Of(request);
        Assert.Equal("1", request.RequestId);
    }
}
