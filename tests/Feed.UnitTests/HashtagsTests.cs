using CsCheck;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Text;

namespace Platform.Tests.Feed.UnitTests;

public sealed class HashtagsTests
{
    [Theory]
    [InlineData("no tags here", "")]
    [InlineData("#one", "one")]
    [InlineData("#One #ONE #one", "one")]
    [InlineData("two #tags, in (#brackets)!", "tags brackets")]
    [InlineData("we are #1 and #2026", "")]
    [InlineData("#covid19 #2fa", "covid19 2fa")]
    [InlineData("C#sharp a#b", "")]
    [InlineData("##double", "double")]
    [InlineData("#", "")]
    [InlineData("# space", "")]
    [InlineData("#___", "")]
    [InlineData("#snake_case", "snake_case")]
    [InlineData("#東京 と #Größe и #Москва", "東京 größe москва")]
    [InlineData("#हिन्दी", "हिन्दी")]
    [InlineData("＃full", "full")]
    [InlineData("#one#two", "one")]
    [InlineData("#tag🙂 #🙂", "tag")]
    [InlineData("#𝒜bc", "abc")]
    [InlineData("#Cafe\u0301 #CAFÉ", "café")]
    // one letter that stands for a phrase with blanks: nobody can follow it
    [InlineData("#\ufdfa", "")]
    public void Parse_Text_FindsTags(string text, string expected)
    {
        Assert.Equal(expected, string.Join(' ', Hashtags.Parse(text)));
    }

    [Fact]
    public void Parse_TagOf64CodePoints_IsATag()
    {
        Assert.Single(Hashtags.Parse("#" + new string('a', 64)));
        Assert.Empty(Hashtags.Parse("#" + new string('a', 65)));
    }

    [Fact]
    public void Parse_AnyText_GivesDistinctNormalisedTagsWithoutSpaces() =>
        Gen.Char["ab1_# .\u00e9\u0301東\ud83d\ude42"]
            .Array[0, 40]
            .Select(characters => new string(characters))
            .Sample(text =>
            {
                var tags = Hashtags.Parse(text);
                return tags.Distinct().Count() == tags.Count
                    && tags.All(tag =>
                        tag.Length > 0
                        && !tag.Contains(' ', StringComparison.Ordinal)
                        && !tag.Contains('#', StringComparison.Ordinal)
                        && HashtagId.TryNormalize(tag, out var normal)
                        && tag == normal
                    );
            });
}
