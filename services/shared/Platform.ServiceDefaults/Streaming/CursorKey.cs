using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>Names something in a cursor in eight bytes, the same in every process and version.</summary>
public static class CursorKey
{
    /// <summary>The key of a text, which may be an id or a description; two texts share one by chance only.</summary>
    public static ulong Of(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
