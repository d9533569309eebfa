using Platform.Common.V1;
using Platform.Connections.V1;

namespace Platform.Tests.Faults.Model;

/// <summary>
/// A few members who deal with nobody else, and all that was acknowledged to them. One worker changes it, one call after the other, so that
/// what must be true is known at every moment.
/// </summary>
internal sealed class World
{
    private readonly Dictionary<(string, string), Pair> _pairs = [];

    /// <param name="name">Begins the ids of its members.</param>
    /// <param name="members">How many members it has.</param>
    /// <param name="shared">Companies that members of all worlds follow.</param>
    public World(string name, int members, IEnumerable<Target> shared)
    {
        Name = name;
        Members = [.. Enumerable.Range(0, members).Select(index => $"{name}-{index}")];
        Hashtags = [$"{name.Replace('-', '_')}_a", $"{name.Replace('-', '_')}_b"];
        Others =
        [
            new Target(EntityKind.Company, $"{name}-company"),
            .. Hashtags.Select(tag => new Target(EntityKind.Hashtag, tag)),
            .. shared,
        ];
        foreach (var (index, first) in Members.Index())
        {
            foreach (var second in Members.Skip(index + 1))
            {
                _pairs[(first, second)] = _pairs[(second, first)] = new Pair(first, second);
            }
        }
        Pairs = [.. _pairs.Values.Distinct()];
    }

    public string Name { get; }

    public IReadOnlyList<string> Members { get; }

    /// <summary>Every two members.</summary>
    public IReadOnlyList<Pair> Pairs { get; }

    /// <summary>Hashtags that only this world uses.</summary>
    public IReadOnlyList<string> Hashtags { get; }

    /// <summary>What its members follow beside each other.</summary>
    public IReadOnlyList<Target> Others { get; }

    public HashSet<(string Follower, Target Target)> Follows { get; } = [];

    public HashSet<(string Member, Target Target)> Mutes { get; } = [];

    /// <summary>Who sees a member's list of connections; everyone where nothing was set.</summary>
    public Dictionary<string, ListVisibility> ListVisibilities { get; } = [];

    /// <summary>Who does not show how many follow them.</summary>
    public HashSet<string> HidesFollowerCount { get; } = [];

    /// <summary>All posts, deleted ones too, in the order in which they were acknowledged.</summary>
    public List<PublishedPost> Posts { get; } = [];

    /// <summary>What the last acknowledged change of connections answered, for reads that must see it.</summary>
    public string ConnectionsRevision { get; set; } = "";

    /// <summary>The same of follows.</summary>
    public string FollowsRevision { get; set; } = "";

    /// <summary>The same of the feed.</summary>
    public string FeedRevision { get; set; } = "";

    /// <summary>Writes of which it is not known whether they happened.</summary>
    public Uncertainty Uncertain { get; } = new();

    public Pair Between(string member, string other) => _pairs[(member, other)];

    public IEnumerable<Pair> PairsOf(string member) => Pairs.Where(pair => pair.Has(member));

    /// <summary>A block ends what the two follow of each other.</summary>
    public void Block(Pair pair, string by)
    {
        pair.Block(by);
        Follows.Remove((pair.First, Target.Member(pair.Second)));
        Follows.Remove((pair.Second, Target.Member(pair.First)));
    }
}
