using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Validation;

namespace Platform.Tests.ServiceDefaults;

public sealed class RequestValidatorTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("Az09_-.", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a|b", false)]
    [InlineData("a~b", false)]
    [InlineData("ä", false)]
    [InlineData("a\0", false)]
    public void MemberId_Pattern_IsHeld(string id, bool valid) =>
        Assert.Equal(valid, MemberId.IsValid(id));

    [Fact]
    public void MemberId_Length_IsHeld()
    {
        Assert.True(MemberId.IsValid(new string('x', 64)));
        Assert.False(MemberId.IsValid(new string('x', 65)));
    }

    [Fact]
    public void Text_Length_CountsCodePoints()
    {
        // one emoji is two UTF-16 units and one code point
        var emoji = string.Concat(Enumerable.Repeat("😀", 300));
        Assert.True(new RequestValidator().Text("note", emoji, 300).IsValid);
        Assert.False(new RequestValidator().Text("note", emoji + "x", 300).IsValid);
    }

    [Theory]
    [InlineData("line\nbreak\tand tab", true)]
    [InlineData("bell\a", false)]
    [InlineData("nul\0", false)]
    [InlineData("c1 \u0085 control", false)]
    [InlineData("   \n ", false)]
    [InlineData("\u2003", false)]
    [InlineData("", true)]
    public void Text_ControlAndWhiteSpace_AreRefused(string text, bool valid) =>
        Assert.Equal(valid, new RequestValidator().Text("note", text, 300).IsValid);

    [Fact]
    public void Text_RequiredAndEmpty_IsRefused() =>
        Assert.False(new RequestValidator().Text("note", "", 300, required: true).IsValid);

    [Theory]
    [InlineData(0, 50, true)]
    [InlineData(1, 1, true)]
    [InlineData(200, 200, true)]
    [InlineData(201, 201, false)]
    [InlineData(-1, -1, false)]
    [InlineData(int.MaxValue, int.MaxValue, false)]
    public void PageSize_OutOfRange_IsRefused(int size, int effective, bool valid)
    {
        var validator = new RequestValidator();
        Assert.Equal(effective, validator.PageSize(size, 50, 200));
        Assert.Equal(valid, validator.IsValid);
    }

    [Fact]
    public void Enum_UnknownOrMissing_IsRefused()
    {
        Assert.True(new RequestValidator().Required("kind", EntityKind.Company).IsValid);
        Assert.False(new RequestValidator().Required("kind", EntityKind.Unspecified).IsValid);
        Assert.False(new RequestValidator().Required("kind", (EntityKind)99).IsValid);
        Assert.True(new RequestValidator().Optional("kind", EntityKind.Unspecified).IsValid);
        Assert.False(new RequestValidator().Optional("kind", (EntityKind)99).IsValid);
    }

    [Fact]
    public void Batch_TooLarge_NamesTheLimit()
    {
        var refusal = Assert.Throws<DomainException>(() =>
            new RequestValidator().Batch("items", 41, 40)
        );
        Assert.Equal(ErrorReason.BatchTooLarge, refusal.Reason);
        Assert.Equal("40", refusal.Metadata["limit"]);
    }

    [Fact]
    public void ThrowIfInvalid_SeveralViolations_NamesAll()
    {
        var validator = new RequestValidator()
            .MemberId("invitee_id", "no good")
            .Text("note", new string('x', 301), 300)
            .RequestId("white space");
        var status = Assert
            .Throws<DomainException>(validator.ThrowIfInvalid)
            .ToStatus("platform.connections.v1");
        Assert.Equal((int)StatusCode.InvalidArgument, status.Code);
        Assert.Equal("INVALID_REQUEST", status.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(
            ["invitee_id", "note", "request_id"],
            status.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field)
        );
    }
}
