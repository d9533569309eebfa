using CsCheck;
using Platform.Messaging.Conversations;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class ConversationIdsTests
{
    private static readonly Gen<string> MemberIds = Gen.String[Gen.Char["abAB01_-."], 1, 64];

    [Fact]
    public void OfPair_EitherOrder_IsTheSameAndValid() =>
        Gen.Select(MemberIds, MemberIds)
            .Sample(
                (one, other) =>
                    ConversationIds.OfPair(one, other) == ConversationIds.OfPair(other, one)
                    && ConversationIds.IsValid(ConversationIds.OfPair(one, other))
            );

    [Fact]
    public void OfPair_OtherPairs_AreOtherIds() =>
        Gen.Select(MemberIds, MemberIds, MemberIds, MemberIds)
            .Sample(
                (a, b, c, d) =>
                    ConversationIds.OfPair(a, b)
                    == ConversationIds.OfPair(c, d)
                    == ((a == c && b == d) || (a == d && b == c))
            );

    [Fact]
    public void OfGroup_WithRequestId_FollowsFromIt()
    {
        var id = ConversationIds.OfGroup("ann", "r1", "f1");

        Assert.True(ConversationIds.IsValid(id));
        Assert.Equal(id, ConversationIds.OfGroup("ann", "r1", "f1"));
        Assert.NotEqual(id, ConversationIds.OfGroup("bob", "r1", "f1"));
        Assert.NotEqual(id, ConversationIds.OfGroup("ann", "r2", "f1"));
        Assert.NotEqual(id, ConversationIds.OfGroup("ann", "r1", "f2"));
    }

    [Fact]
    public void OfGroup_WithoutRequestId_IsNewEachTime() =>
        Assert.NotEqual(
            ConversationIds.OfGroup("ann", "", ""),
            ConversationIds.OfGroup("ann", "", "")
        );

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä~b")]
    public void IsValid_OtherCharacters_IsFalse(string id) =>
        Assert.False(ConversationIds.IsValid(id));

    [Fact]
    public void IsValid_LongerThanAnyId_IsFalse() =>
        Assert.False(ConversationIds.IsValid(new string('a', 161)));
}
