using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Connections.UnitTests;

public sealed class RevisionTokenTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(42)]
    [InlineData(long.MaxValue)]
    public void Read_Written_IsTheSame(long revision) =>
        Assert.Equal(revision, RevisionToken.Read(RevisionToken.Write(revision)));

    [Theory]
    [InlineData("")]
    [InlineData("c")]
    [InlineData("42")]
    [InlineData("f42")]
    [InlineData("c-1")]
    [InlineData("c99999999999999999999")]
    public void Read_NotOurs_IsRefused(string token) =>
        Assert.Equal(
            ErrorReason.InvalidRevision,
            Assert.Throws<DomainException>(() => RevisionToken.Read(token)).Reason
        );
}
