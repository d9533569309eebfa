using Platform.Common.V1;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.UnitTests;

/// <summary>A small world, and what a platform that keeps its promises answers about it. Tests make one answer a lie.</summary>
internal static class Sample
{
    public const string Ada = "w-0";
    public const string Bob = "w-1";
    public const string Cleo = "w-2";
    public const string Dan = "w-3";

    /// <summary>Ada and Bob are connected and write to each other; Ada and Cleo were; Bob follows Cleo; Dan and Ada block.</summary>
    public static World Create()
    {
        var world = new World("w", 4, []);
        var pair = world.Between(Ada, Bob);
        pair.Connect();
        pair.ConversationId = "c1";
        pair.Messages.Add(new SentMessage(Ada, "one"));
        pair.Messages.Add(new SentMessage(Bob, "two"));
        var ended = world.Between(Ada, Cleo);
        ended.Connect();
        ended.ConversationId = "c2";
        ended.Messages.Add(new SentMessage(Cleo, "before"));
        ended.Disconnect();
        world.Follows.Add((Bob, Target.Member(Cleo)));
        world.Follows.Add((Bob, new Target(EntityKind.Hashtag, world.Hashtags[0])));
        world.Block(world.Between(Ada, Dan), Dan);
        world.Posts.Add(new PublishedPost("101", Ada, "for connections", "", true));
        world.Posts.Add(new PublishedPost("102", Cleo, "for everyone", "", false));
        world.Posts.Add(new PublishedPost("103", Dan, "with a hashtag", world.Hashtags[0], false));
        return world;
    }

    public static Observation.Conversation Conversation(World world, string viewer, string other)
    {
        var pair = world.Between(viewer, other);
        return new Observation.Conversation(
            viewer,
            other,
            [
                .. pair.Messages.Select(
                    (one, index) =>
                        new Observation.Message(index + 1, one.Sender, one.Text, one.IsDeleted)
                ),
            ],
            pair.Messages.Count,
            pair.UnreadOf(viewer)
        );
    }

    public static Observation.HomeFeed HomeFeed(World world, string viewer) =>
        new(
            viewer,
            [.. world.Posts.Where(post => world.IsInFeed(post, viewer) == true).Select(Entry)],
            IsComplete: true,
            IsWhole: true
        );

    public static Observation.Entry Entry(PublishedPost post) =>
        new(post.Id, post.Author, post.Text);

    public static Observation.ConnectionList ListOf(World world, string viewer, string owner)
    {
        var seen = world.ConnectionsSeen(viewer, owner);
        return new(viewer, owner, seen?.ToArray(), seen?.Count);
    }

    /// <summary>The kinds of what is wrong with an answer.</summary>
    public static IEnumerable<string> Found(World world, Observation seen) =>
        Checker.Check(world, seen).Select(violation => violation.Kind);
}
