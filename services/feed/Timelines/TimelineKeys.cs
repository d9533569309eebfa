using System.Text;
using StackExchange.Redis;

namespace Platform.Feed.Timelines;

/// <summary>
/// Every Redis key of the feed. <c>{b}</c> is the member's bucket, one of <see cref="Buckets"/>, in braces, so that the keys of one
/// member share a slot of a Cluster.
/// <list type="table">
/// <item>
/// <term><c>feed:tl:{b}:member</c></term>
/// <description>
/// list of post ids as decimal integers, pushed at the head; 0 holds the place of an empty timeline (Redis has no empty
/// lists). Kept to the capacity and at most <see cref="TrimEvery"/> more. Exists only for members who have read within 30 days.
/// </description>
/// </item>
/// <item>
/// <term><c>feed:tm:{b}:member</c></term>
/// <description>string: the <see cref="TimelineMark"/> of the list, absent until it was built. Expires with it.</description>
/// </item>
/// <item>
/// <term><c>feed:px</c></term>
/// <description>
/// list of the last 500 changes of posts, pushed at the head: a random name, a dot, the post's id (nothing for more than can be named). The
/// one key that all readers read; it has no bucket.
/// </description>
/// </item>
/// </list>
/// </summary>
public sealed class TimelineKeys(string prefix)
{
    /// <summary>How many buckets there are. It never changes: a bucket is part of the key.</summary>
    public const int Buckets = 1024;

    /// <summary>
    /// A list is cut when it is this much longer than the capacity, so that most pushes need no trim. Redis keeps up to 816 such ids in one node
    /// of 8 KB: a list that is cut before, also when some posts come at once, stays one node. In two, each with its slack, an entry takes
    /// 11.1 bytes and not 10.4, until the list is built anew.
    /// </summary>
    public const int TrimEvery = 8;

    /// <summary>What stands in a list for "nothing".</summary>
    public const long Placeholder = 0;

    public RedisKey Entries(string member) => Key("tl", member);

    public RedisKey Mark(string member) => Key("tm", member);

    /// <summary>The last changes of posts.</summary>
    public RedisKey PostChanges => $"{prefix}feed:px";

    /// <summary>A glob that the keys of all lists match, and few others.</summary>
    public string AllEntries => $"{Escape(prefix)}feed:tl:{{*}}:*";

    /// <summary>Whose list a key is of; null for a key of something else.</summary>
    public string? OwnerOf(string key)
    {
        var start = $"{prefix}feed:tl:{{";
        var end = key.IndexOf("}:", StringComparison.Ordinal);
        return key.StartsWith(start, StringComparison.Ordinal) && end > start.Length
            ? key[(end + 2)..]
            : null;
    }

    private static string Escape(string text) =>
        string.Concat(
            text.Select(one => one is '*' or '?' or '[' or ']' or '\\' ? $"\\{one}" : $"{one}")
        );

    private RedisKey Key(string kind, string member) =>
        $"{prefix}feed:{kind}:{{{BucketOf(member)}}}:{member}";

    // FNV-1a: the same on every machine and in every version, unlike string.GetHashCode
    private static uint BucketOf(string member)
    {
        // ids are short; the fan-out makes a key for each recipient
        Span<byte> bytes = stackalloc byte[256];
        bytes = Encoding.UTF8.TryGetBytes(member, bytes, out var length)
            ? bytes[..length]
            : Encoding.UTF8.GetBytes(member);
        var hash = 2166136261;
        foreach (var character in bytes)
        {
            hash = (hash ^ character) * 16777619;
        }
        return hash % Buckets;
    }
}
