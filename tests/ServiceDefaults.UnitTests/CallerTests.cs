using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;

namespace Platform.Tests.ServiceDefaults;

public sealed class CallerTests
{
    private static readonly Caller Ada = new(CallerRole.Member, "ada");
    private static readonly Caller Feed = new(CallerRole.Service, "feed");
    private static readonly Caller Operator = new(CallerRole.Operator, "op");

    [Fact]
    public void ActAs_Member_ActsAsItselfOnly()
    {
        Assert.Equal("ada", Ada.ActAs(""));
        Assert.Equal("ada", Ada.ActAs("ada"));
        AssertRefused(ErrorReason.ActingForAnother, () => Ada.ActAs("bob"));
        AssertRefused(ErrorReason.ActingForAnother, () => Ada.ActAs("Ada"));
    }

    [Fact]
    public void ActAs_Service_MustNameTheMember()
    {
        Assert.Equal("ada", Feed.ActAs("ada"));
        AssertRefused(ErrorReason.MemberIdRequired, () => Feed.ActAs(""));
    }

    [Fact]
    public void ActAs_Operator_ActsForNobody() =>
        AssertRefused(ErrorReason.RoleRequired, () => Operator.ActAs("ada"));

    [Fact]
    public void Require_OtherRole_IsRefused()
    {
        Operator.Require(CallerRole.Operator);
        Feed.Require(CallerRole.Service, CallerRole.Operator);
        AssertRefused(
            ErrorReason.RoleRequired,
            () => Ada.Require(CallerRole.Service, CallerRole.Operator)
        );
    }

    private static void AssertRefused(ErrorReason reason, Action action) =>
        Assert.Equal(reason, Assert.Throws<DomainException>(action).Reason);
}
