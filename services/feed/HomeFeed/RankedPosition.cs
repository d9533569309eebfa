using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Paging;

namespace Platform.Feed.HomeFeed;

/// <summary>
/// Where a page of the ranked order begins. The feed is ranked window by window, from new to old; a position names the
/// moment of the ranking, the window by its bounds, and what was shown of it by 32-bit hashes of the ids. So nothing is
/// shown twice and nothing skipped, whatever comes or goes between the pages.
/// </summary>
/// <param name="Now">The moment for which all pages are ranked.</param>
/// <param name="Upper">Ids of the window are smaller.</param>
/// <param name="Lower">Ids of the window are at least this; 0 where the window is not yet chosen.</param>
public sealed record RankedPosition(
    DateTimeOffset Now,
    PostId Upper,
    PostId Lower,
    IReadOnlySet<uint> Shown
)
{
    public bool WasShown(PostId id) => Shown.Contains(Hash(id));

    public RankedPosition WithShown(IEnumerable<PostId> ids) =>
        this with
        {
            Shown = new HashSet<uint>([.. Shown, .. ids.Select(Hash)]),
        };

    /// <summary>The text for a page token.</summary>
    public string Format()
    {
        var bytes = new byte[Shown.Count * sizeof(uint)];
        var offset = 0;
        foreach (var hash in Shown)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(offset), hash);
            offset += sizeof(uint);
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Now.ToUnixTimeMilliseconds()}.{Upper.Value}.{Lower.Value}.{Base64Url.EncodeToString(bytes)}"
        );
    }

    /// <summary>Reads the text of a page token.</summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException"><c>INVALID_PAGE_TOKEN</c>.</exception>
    public static RankedPosition Parse(string text)
    {
        var parts = text.Split('.');
        if (
            parts.Length != 4
            || !TryParse(parts[0], out var now)
            || now > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            || !TryParse(parts[1], out var upper)
            || !TryParse(parts[2], out var lower)
            || !Base64Url.IsValid(parts[3])
        )
        {
            throw PageToken.Foreign();
        }
        var bytes = Base64Url.DecodeFromChars(parts[3]);
        var shown = new HashSet<uint>();
        for (var offset = 0; offset + sizeof(uint) <= bytes.Length; offset += sizeof(uint))
        {
            shown.Add(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(offset)));
        }
        return new RankedPosition(
            DateTimeOffset.FromUnixTimeMilliseconds(now),
            new PostId(upper),
            new PostId(lower),
            shown
        );
    }

    private static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static uint Hash(PostId id) => (uint)(((ulong)id.Value * 0x9E3779B97F4A7C15UL) >> 32);
}
