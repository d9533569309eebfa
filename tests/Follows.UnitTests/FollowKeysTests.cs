using CsCheck;
using Platform.Follows.Entities;
using Platform.Follows.Storage;

namespace Platform.Tests.Follows.UnitTests;

public sealed class FollowKeysTests
{
    private static readonly FollowKeys Keys = new("p:");

    private static readonly Gen<string> MemberIds = Gen.String[
        Gen.Char["ABCXYZabcxyz0189_-."],
        1,
        64
    ];

    private static readonly Gen<Followable> Entities = Gen.Select(
        Gen.Enum<FollowKind>(),
        MemberIds,
        (kind, id) => new Followable(kind, id)
    );

    // For ever: a change of the hash or of the number of buckets loses every key that was written.
    [Theory]
    [InlineData(FollowKind.Member, "1", 74)]
    [InlineData(FollowKind.Member, "ann", 178)]
    [InlineData(FollowKind.Company, "acme", 527)]
    [InlineData(FollowKind.Hashtag, "数据", 744)]
    public void BucketOf_KnownEntity_NeverChanges(FollowKind kind, string id, int bucket) =>
        Assert.Equal(bucket, FollowKeys.BucketOf(new Followable(kind, id)));

    [Fact]
    public void BucketOf_NumericIds_SpreadEvenly()
    {
        var buckets = new int[FollowKeys.Buckets];
        for (var id = 0; id < 100 * FollowKeys.Buckets; id++)
        {
            buckets[FollowKeys.BucketOf($"{id}")]++;
        }

        Assert.InRange(buckets.Min(), 50, 100);
        Assert.InRange(buckets.Max(), 100, 160);
    }

    [Fact]
    public void Keys_OfOneFollower_ShareAHashTag() =>
        Gen.Select(MemberIds, Entities)
            .Sample(
                (member, entity) =>
                {
                    var bucket = FollowKeys.BucketOf(member);
                    string[] keys =
                    [
                        Keys.Following(member, entity.Kind)!,
                        Keys.Newest(member, entity.Kind)!,
                        Keys.Journal(bucket)!,
                        Keys.Sequence(bucket)!,
                        Keys.Request(bucket, "anybody", "r:1")!,
                        Keys.Blocks(member)!,
                        Keys.Followers(Followable.Member(member))!,
                    ];
                    Assert.Single(keys.Select(TagOf).Distinct());
                    Assert.All(
                        keys,
                        key => Assert.StartsWith("p:fl:{", key, StringComparison.Ordinal)
                    );
                },
                threads: 1
            );

    [Fact]
    public void Keys_OfAnInverse_ShareAHashTag() =>
        Gen.Select(MemberIds, Entities)
            .Sample(
                (member, entity) =>
                    Assert.Equal(
                        TagOf(Keys.Followers(entity)!),
                        TagOf(Keys.Guard(new FollowPair(member, entity))!)
                    ),
                threads: 1
            );

    [Fact]
    public void PairOf_PairName_IsThePair() =>
        Gen.Select(MemberIds, Entities)
            .Sample(
                (member, entity) =>
                {
                    var pair = new FollowPair(member, entity);
                    Assert.Equal(pair, FollowKeys.PairOf(FollowKeys.PairName(pair)));
                },
                threads: 1
            );

    private static string TagOf(string key) =>
        key[
            (key.IndexOf('{', StringComparison.Ordinal) + 1)..key.IndexOf(
                '}',
                StringComparison.Ordinal
            )
        ];
}
