using System.Globalization;
using System.Text;
using Platform.Follows.Entities;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <summary>
/// The key schema of follows; every key is made here.
/// <code>
/// fl:{B}:o:K:MEMBER            set      what MEMBER follows of kind K ("out"): the truth
/// fl:{B}:n:K:MEMBER            zset     the newest of that set, at most 100, by sequence number; always part of the set
/// fl:{B}:i:K:ENTITY            set      the members that follow ENTITY ("in"): the inverse, made from the truth
/// fl:{B}:k:K:ENTITY            zset     the newest of that set, at most 100, as n; always part of the set
/// fl:{B}:j                     zset     the journal: pairs K:FOLLOWER:ENTITY whose inverse is not known to be applied, by the
///                                       sequence number of their last change
/// fl:{B}:s                     string   the last sequence number of the bucket
/// fl:{B}:g:K:ENTITY:FOLLOWER   string   the guard: the sequence number that the inverse of a pair was last made from;
///                                       expires (see RedisFollowStore)
/// fl:{B}:r:MEMBER:REQUEST      string   fingerprint|answer of a request_id; expires after 24 hours
/// fl:{B}:m                     set      the members of the bucket that follow something or once did: where a walk over all follows
///                                       begins, since a scan of keys is not one of a Cluster
/// fl:{B}:e                     set      the entities K:ENTITY of the bucket that have followers: as m, for the other direction
/// fl:{B}:b:MEMBER              hash     blocks of MEMBER's pairs, by &gt;OTHER (MEMBER blocks) and &lt;OTHER (OTHER does): b or u (blocked,
///                                       unblocked) and the number of connections' change that said so
/// fl:{B}:t:MEMBER              hash     MEMBER's state: v visibility of the count, a audience (numbers of the contract), d erased
/// fl:{B}:h:MEMBER              zset     sequence numbers of MEMBER's follows of the last hour; expires
/// fl:{B}:u:MEMBER              hash     what MEMBER mutes: K:ENTITY to scope,since,end (milliseconds; end 0 for never)
/// fl:{B}:w                     zset     the record of changes, for those who watch: f or m (follow, mute) and the pair, by twice the
///                                       sequence number of its last change, plus one if it holds now; trimmed by age
/// fl:{c}:c, fl:{c}:l           string   how far connections' changes are applied, and which replica applies them; expires
/// fl:{c}:e                     set      the members whom connections erased and whose erasure here is not finished
/// </code>
/// <para>
/// B is one of 1,024 virtual buckets, in hexadecimal, and the hash tag: all keys of a bucket share a slot of a Cluster and change
/// together. An entity's bucket comes from its kind and id, so what a member follows and who follows the member share one. 1,024 spread
/// well over any Cluster we would run and are few enough for a worker to look at all of their journals in one
/// pipelined round. The number and the hash are for ever: changing them would lose every key.
/// </para>
/// <para>
/// K is a letter: m member, c company, h hashtag, g group, p publisher. A set holds bare ids of one kind, so that ids made of
/// digits stay integers in Redis. MEMBER, ENTITY and FOLLOWER cannot hold a colon. All keys begin with <c>Redis:KeyPrefix</c>.
/// </para>
/// </summary>
public sealed class FollowKeys(string prefix)
{
    /// <summary>The number of virtual buckets.</summary>
    public const int Buckets = 1024;

    private readonly string _prefix = prefix + "fl:{";

    /// <summary>The bucket of an entity: FNV-1a, mixed, of its kind's letter and its id in UTF-8.</summary>
    public static int BucketOf(Followable entity)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(entity.Id.Length)];
        var length = Encoding.UTF8.GetBytes(entity.Id, bytes);
        unchecked
        {
            var hash = (2166136261u ^ Letter(entity.Kind)) * 16777619u;
            foreach (var value in bytes[..length])
            {
                hash = (hash ^ value) * 16777619u;
            }
            // FNV's low bits are weak for ids that differ in their last digit: mixed as in MurmurHash3.
            hash ^= hash >> 16;
            hash *= 0x85ebca6bu;
            hash ^= hash >> 13;
            return (int)(hash % Buckets);
        }
    }

    /// <inheritdoc cref="BucketOf(Followable)"/>
    public static int BucketOf(string memberId) => BucketOf(Followable.Member(memberId));

    public RedisKey Following(string member, FollowKind kind) =>
        Key(BucketOf(member), $":o:{Letter(kind)}:{member}");

    public RedisKey Newest(string member, FollowKind kind) =>
        Key(BucketOf(member), $":n:{Letter(kind)}:{member}");

    public RedisKey Followers(Followable entity) =>
        Key(BucketOf(entity), $":i:{Letter(entity.Kind)}:{entity.Id}");

    public RedisKey NewestFollowers(Followable entity) =>
        Key(BucketOf(entity), $":k:{Letter(entity.Kind)}:{entity.Id}");

    public RedisKey Entities(int bucket) => Key(bucket, ":e");

    public RedisKey State(string member) => Key(BucketOf(member), $":t:{member}");

    /// <summary>Where the erasure of an entity would stand; only members are erased, so for others it is never there.</summary>
    public RedisKey Erasable(Followable entity) =>
        entity.Kind == FollowKind.Member
            ? State(entity.Id)
            : Key(BucketOf(entity), $":t:{Letter(entity.Kind)}:{entity.Id}");

    public RedisKey Hour(string member) => Key(BucketOf(member), $":h:{member}");

    public RedisKey Mutes(string member) => Key(BucketOf(member), $":u:{member}");

    public RedisKey Record(int bucket) => Key(bucket, ":w");

    public RedisKey ConnectionsCursor => _prefix + "c}:c";

    public RedisKey ConnectionsClaim => _prefix + "c}:l";

    public RedisKey Erasures => _prefix + "c}:e";

    public RedisKey Journal(int bucket) => Key(bucket, ":j");

    public RedisKey Members(int bucket) => Key(bucket, ":m");

    public RedisKey Sequence(int bucket) => Key(bucket, ":s");

    public RedisKey Guard(FollowPair pair) =>
        Key(
            BucketOf(pair.Entity),
            $":g:{Letter(pair.Entity.Kind)}:{pair.Entity.Id}:{pair.Follower}"
        );

    public RedisKey Request(int bucket, string member, string requestId) =>
        Key(bucket, $":r:{member}:{requestId}");

    public RedisKey Blocks(string member) => Key(BucketOf(member), $":b:{member}");

    /// <summary>How an entity is named among others of several kinds.</summary>
    public static string EntityName(Followable entity) => $"{Letter(entity.Kind)}:{entity.Id}";

    /// <summary>The inverse of <see cref="EntityName"/>.</summary>
    public static Followable EntityOf(string name) => new(KindOf(name[0]), name[2..]);

    /// <summary>The field of a block: by the member itself, or by the other.</summary>
    public static string BlockName(string other, bool byMember) => (byMember ? '>' : '<') + other;

    /// <summary>How a pair is named in the journal.</summary>
    public static string PairName(FollowPair pair) =>
        $"{Letter(pair.Entity.Kind)}:{pair.Follower}:{pair.Entity.Id}";

    /// <summary>The inverse of <see cref="PairName"/>.</summary>
    public static FollowPair PairOf(string name)
    {
        var end = name.IndexOf(':', 2);
        return new FollowPair(name[2..end], new Followable(KindOf(name[0]), name[(end + 1)..]));
    }

    private static char Letter(FollowKind kind) =>
        kind switch
        {
            FollowKind.Member => 'm',
            FollowKind.Company => 'c',
            FollowKind.Hashtag => 'h',
            FollowKind.Group => 'g',
            FollowKind.Publisher => 'p',
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind"),
        };

    private static FollowKind KindOf(char letter) =>
        letter switch
        {
            'm' => FollowKind.Member,
            'c' => FollowKind.Company,
            'h' => FollowKind.Hashtag,
            'g' => FollowKind.Group,
            'p' => FollowKind.Publisher,
            _ => throw new ArgumentOutOfRangeException(
                nameof(letter),
                letter,
                "not the letter of a kind"
            ),
        };

    private RedisKey Key(int bucket, string rest) =>
        _prefix + bucket.ToString("x", CultureInfo.InvariantCulture) + "}" + rest;
}
