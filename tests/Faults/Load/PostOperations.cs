using Platform.Feed.V1;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Load;

/// <summary>Posts, for everyone or for connections, with and without a hashtag.</summary>
internal sealed class PostOperations(WorldWorker worker)
{
    // fewer than a home feed reaches back over: all that a world publishes stays in it
    private const int MaxPosts = Processes.PlatformProcesses.FeedCapacity - 100;

    private readonly World _world = worker.World;

    public Task PublishAsync()
    {
        if (_world.Posts.Count >= MaxPosts)
        {
            return Task.CompletedTask;
        }
        var author = worker.AnyMember();
        var hashtag =
            worker.Random.Next(3) == 0
                ? _world.Hashtags[worker.Random.Next(_world.Hashtags.Count)]
                : "";
        var isForConnections = worker.Random.Next(4) == 0;
        var request = new CreatePostRequest
        {
            Text = worker.Unique("post") + (hashtag.Length > 0 ? $" #{hashtag}" : ""),
            Audience = isForConnections ? PostAudience.Connections : PostAudience.Everyone,
            RequestId = worker.Unique("publish"),
        };
        return worker.WriteAsync(
            new Write<CreatePostResponse>(
                "CreatePost",
                // of an author, so that two posts of one author are not both unanswered
                ("post", author),
                // whose feeds it is in
                [.. _world.Members],
                options => worker.Of(author).Posts.CreatePostAsync(request, options),
                answer =>
                {
                    if (_world.Posts.Exists(post => post.Id == answer.Post.PostId))
                    {
                        worker.Report(
                            new(Violation.Doubled, $"two posts have the id {answer.Post.PostId}")
                        );
                        return;
                    }
                    _world.Posts.Add(
                        new PublishedPost(
                            answer.Post.PostId,
                            author,
                            request.Text,
                            hashtag,
                            isForConnections
                        )
                    );
                    _world.FeedRevision = answer.Revision;
                }
            )
        );
    }

    public Task EditAsync()
    {
        if (AnyPost() is not { } post)
        {
            return Task.CompletedTask;
        }
        var request = new UpdatePostRequest
        {
            PostId = post.Id,
            Text = worker.Unique("edited") + (post.Hashtag.Length > 0 ? $" #{post.Hashtag}" : ""),
            RequestId = worker.Unique("edit"),
        };
        return worker.WriteAsync(
            new Write<UpdatePostResponse>(
                "UpdatePost",
                post,
                [.. _world.Members],
                options => worker.Of(post.Author).Posts.UpdatePostAsync(request, options),
                answer =>
                {
                    post.Text = request.Text;
                    _world.FeedRevision = answer.Revision;
                }
            )
        );
    }

    public Task DeleteAsync()
    {
        if (AnyPost() is not { } post)
        {
            return Task.CompletedTask;
        }
        var request = new DeletePostRequest
        {
            PostId = post.Id,
            RequestId = worker.Unique("delete"),
        };
        return worker.WriteAsync(
            new Write<DeletePostResponse>(
                "DeletePost",
                post,
                [.. _world.Members],
                options => worker.Of(post.Author).Posts.DeletePostAsync(request, options),
                answer =>
                {
                    post.IsDeleted = true;
                    _world.FeedRevision = answer.Revision;
                }
            )
        );
    }

    private PublishedPost? AnyPost()
    {
        if (_world.Posts.Count == 0)
        {
            return null;
        }
        var post = _world.Posts[worker.Random.Next(_world.Posts.Count)];
        return post.IsDeleted ? null : post;
    }
}
