using Platform.ServiceDefaults.Text;

namespace Platform.Tests.Follows.UnitTests;

public sealed class UnicodeNormalizationTests
{
    // From UAX #15 and NormalizationTest.txt.
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("ＣＡＦÉ", "CAFÉ")]
    [InlineData("e\u0301", "é")]
    [InlineData("\u1E9B\u0323", "\u1E69")]
    [InlineData("D\u0307\u0323", "\u1E0C\u0307")]
    [InlineData("ﬁ", "fi")]
    [InlineData("①", "1")]
    [InlineData(
        "\uFDFA",
        "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064A\u0647 \u0648\u0633\u0644\u0645"
    )]
    [InlineData("\u1112\u1161\u11AB", "한")]
    [InlineData("한글", "한글")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u212B", "Å")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "à\u05AE\u0300\u0315b")]
    public void ToFormKc_KnownText_IsTheForm(string text, string form) =>
        Assert.Equal(form, UnicodeNormalization.ToFormKc(text));
}
