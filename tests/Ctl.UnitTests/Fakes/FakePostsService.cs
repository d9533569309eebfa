using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

public sealed class FakePostsService(FakeState state) : PostsService.PostsServiceBase
{
    public override async Task<CreatePostResponse> CreatePost(
        CreatePostRequest request,
        ServerCallContext context
    )
    {
        var member = await state.EnterAsync(context, request.MemberId);
        state.Posts.Enqueue((member, request.Text));
        return new CreatePostResponse
        {
            Post = new Post
            {
                PostId = $"{state.Posts.Count}",
                Author = new Entity { Kind = EntityKind.Member, Id = member },
                Text = request.Text,
                Audience = request.Audience,
            },
            Revision = "r3",
        };
    }
}
