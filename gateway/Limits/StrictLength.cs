using System.Text;

namespace Platform.Gateway.Limits;

/// <summary>
/// Reads the length of a body as RFC 9110 has it, in digits only. The server itself also takes a sign before them, which a proxy before it
/// may read otherwise: where the two find the end of a request is then not the same, and a second one hides in the first. It lets its header
/// be read by an encoding, and this one makes something that is no number of all but digits.
/// </summary>
internal sealed class StrictLength : Encoding
{
    private const string Header = "Content-Length";

    private static readonly StrictLength Instance = new();

    private StrictLength() { }

    /// <summary>How each header is read: null is as usual.</summary>
    public static Encoding? For(string header) =>
        header.Equals(Header, StringComparison.OrdinalIgnoreCase) ? Instance : null;

    public override int GetChars(
        byte[] bytes,
        int byteIndex,
        int byteCount,
        char[] chars,
        int charIndex
    )
    {
        for (var i = 0; i < byteCount; i++)
        {
            var letter = (char)bytes[byteIndex + i];
            chars[charIndex + i] = char.IsAsciiDigit(letter) ? letter : '?';
        }
        return byteCount;
    }

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetByteCount(char[] chars, int index, int count) =>
        Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(
        char[] chars,
        int charIndex,
        int charCount,
        byte[] bytes,
        int byteIndex
    ) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);
}
