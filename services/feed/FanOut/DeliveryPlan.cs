using System.Globalization;
using Platform.Feed.Posts;

namespace Platform.Feed.FanOut;

/// <summary>
/// To whom a post is delivered, and how far a delivery is. A position is <c>stage/cursor</c>: the index of a stage and the
/// cursor within it, as the service behind it gave it. It is <c>stagep/cursor</c> once a stage was left to readers.
/// </summary>
public static class DeliveryPlan
{
    /// <summary>The stages in the order in which they are worked off.</summary>
    public static IReadOnlyList<DeliveryStage> StagesOf(
        EntityRef author,
        PostAudience audience,
        IReadOnlyList<string> hashtags
    )
    {
        var stages = new List<DeliveryStage>();
        if (author.Kind == EntityKind.Member)
        {
            stages.Add(new DeliveryStage(RecipientKind.Author, author));
            stages.Add(new DeliveryStage(RecipientKind.Connections, author));
        }
        if (audience == PostAudience.Everyone)
        {
            stages.Add(new DeliveryStage(RecipientKind.Followers, author));
            stages.AddRange(
                hashtags.Select(tag => new DeliveryStage(
                    RecipientKind.Followers,
                    EntityRef.Hashtag(tag)
                ))
            );
        }
        return stages;
    }

    /// <summary>The stored form of a position.</summary>
    public static string Format(int stage, string cursor, bool pulled) =>
        string.Create(CultureInfo.InvariantCulture, $"{stage}{(pulled ? "p" : "")}/{cursor}");

    /// <summary>Reads the stored form; empty is the start.</summary>
    public static (int Stage, string Cursor, bool Pulled) Parse(string position)
    {
        if (position.Length == 0)
        {
            return (0, "", false);
        }
        var slash = position.IndexOf('/', StringComparison.Ordinal);
        var pulled = position[slash - 1] == 'p';
        var stage = position.AsSpan(0, pulled ? slash - 1 : slash);
        return (
            int.Parse(stage, NumberStyles.None, CultureInfo.InvariantCulture),
            position[(slash + 1)..],
            pulled
        );
    }
}
