using CsCheck;
using Platform.Messaging.Search;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class SearchWordsTests
{
    [Theory]
    [InlineData("Tea, at FIVE!", "tea:0+3 at:5+2 five:8+4")]
    [InlineData("Crème brûlée", "creme:0+5 brulee:6+6")]
    [InlineData("e\u0301te\u0301", "ete:0+5")]
    [InlineData("\U0001F44B hi", "hi:2+2")]
    [InlineData("お茶", "お:0+1 茶:1+1")]
    [InlineData("Straße ﬁne", "straße:0+6 fine:7+3")]
    [InlineData("Ärger ÅNGSTRÖM", "arger:0+5 angstrom:6+8")]
    [InlineData("한국어", "")]
    [InlineData("", "")]
    [InlineData("?! \n", "")]
    public void Of_Text_GivesFoldedWordsWithPlaces(string text, string expected)
    {
        var words = SearchWords.Of(text).ToList();
        if (expected.Length == 0 && text.Any(char.IsLetter))
        {
            // syllables are taken apart alike in texts and in queries; how is nobody's business
            Assert.Equal((0, 3), (words.Single().Start, words.Single().Length));
            return;
        }

        Assert.Equal(
            expected,
            string.Join(' ', words.Select(word => $"{word.Folded}:{word.Start}+{word.Length}"))
        );
    }

    [Fact]
    public void Of_AnyText_FoldingAgainChangesNothing() =>
        Gen.String.Sample(text =>
        {
            foreach (var word in SearchWords.Distinct(text))
            {
                Assert.Equal([word], SearchWords.Distinct(word));
            }
        });
}
