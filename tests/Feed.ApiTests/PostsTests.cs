using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.Testing;

namespace Platform.Tests.Feed.ApiTests;

public class PostsTests(FeedPlatform platform) : IClassFixture<FeedPlatform>
{
    private readonly string _ann = FeedPlatform.NewId("ann");
    private readonly string _ben = FeedPlatform.NewId("ben");

    private PostsService.PostsServiceClient Ann => platform.Posts(_ann);

    [Theory]
    [InlineData("", "text")]
    [InlineData("  \n ", "text")]
    [InlineData("bell \u0007", "text")]
    public async Task CreatePost_BadText_IsRefusedAndNothingStored(string text, string field)
    {
        var refusal = await Refusal.OfAsync(
            Ann.CreatePostAsync(new CreatePostRequest { Text = text })
        );
        Assert.Equal(
            (StatusCode.InvalidArgument, ErrorReason.InvalidRequest),
            (refusal.Code, refusal.Reason)
        );
        Assert.Equal([field], refusal.Fields);
        Assert.Empty((await ListAsync(_ann)).Posts);
    }

    [Fact]
    public async Task CreatePost_3000CodePointsOutsideThePlane_IsTakenAndOneMoreIsNot()
    {
        var text = string.Concat(Enumerable.Repeat("🙂", 3000));
        Assert.Equal(
            text,
            (await Ann.CreatePostAsync(new CreatePostRequest { Text = text })).Post.Text
        );
        var refusal = await Refusal.OfAsync(
            Ann.CreatePostAsync(new CreatePostRequest { Text = text + "." })
        );
        Assert.Equal(["text"], refusal.Fields);
    }

    [Fact]
    public async Task CreatePost_SameRequestId_StoresOnce()
    {
        var request = new CreatePostRequest { Text = "once", RequestId = "r-1" };
        var first = await Ann.CreatePostAsync(request);
        var again = await Ann.CreatePostAsync(request);
        Assert.Equal(first.Post, again.Post);
        var other = await Refusal.OfAsync(
            Ann.CreatePostAsync(new CreatePostRequest { Text = "twice", RequestId = "r-1" })
        );
        Assert.Equal(ErrorReason.RequestIdReused, other.Reason);
        Assert.Single((await ListAsync(_ann)).Posts);
    }

    [Fact]
    public async Task CreatePost_ForSomebodyElseOrAsACompany_IsRefused()
    {
        var other = await Refusal.OfAsync(
            Ann.CreatePostAsync(new CreatePostRequest { MemberId = _ben, Text = "hi" })
        );
        Assert.Equal(ErrorReason.ActingForAnother, other.Reason);
        var company = await Refusal.OfAsync(
            Ann.CreatePostAsync(
                new CreatePostRequest
                {
                    Author = new Entity { Kind = EntityKind.Company, Id = "acme" },
                    Text = "hi",
                }
            )
        );
        Assert.Equal(
            (StatusCode.PermissionDenied, ErrorReason.AuthorKind),
            (company.Code, company.Reason)
        );
        var nobody = await Refusal.OfAsync(
            new PostsService.PostsServiceClient(platform.Feed.WithToken(null)).CreatePostAsync(
                new CreatePostRequest { Text = "hi" }
            )
        );
        Assert.Equal(StatusCode.Unauthenticated, nobody.Code);
    }

    [Fact]
    public async Task PublishProfileUpdate_WithAndWithoutKind_IsAPostOfItsOwnKindOrRefused()
    {
        var published = await Ann.PublishProfileUpdateAsync(
            new PublishProfileUpdateRequest { Kind = ProfileChangeKind.NewPosition }
        );
        Assert.Equal(PostKind.ProfileUpdate, published.Post.Kind);
        Assert.Equal(ProfileChangeKind.NewPosition, published.Post.ProfileUpdate.Kind);
        var refusal = await Refusal.OfAsync(
            Ann.PublishProfileUpdateAsync(new PublishProfileUpdateRequest())
        );
        Assert.Equal(["kind"], refusal.Fields);
    }

    [Fact]
    public async Task GetPost_ForConnections_IsNotThereForOthers()
    {
        var post = (
            await Ann.CreatePostAsync(
                new CreatePostRequest { Text = "secret", Audience = PostAudience.Connections }
            )
        ).Post;
        var request = new GetPostRequest { PostId = post.PostId };
        var refusal = await Refusal.OfAsync(platform.Posts(_ben).GetPostAsync(request));
        Assert.Equal(
            (StatusCode.NotFound, ErrorReason.PostNotFound),
            (refusal.Code, refusal.Reason)
        );
        await platform.ConnectAsync(_ann, _ben);
        Assert.Equal(post, (await platform.Posts(_ben).GetPostAsync(request)).Post);
        var batch = await platform
            .Posts(_ben)
            .BatchGetPostsAsync(new BatchGetPostsRequest { PostIds = { "1", post.PostId } });
        Assert.Equal((int)StatusCode.NotFound, batch.Results[0].Error.Code);
        Assert.Equal(post, batch.Results[1].Post);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetBatchAndList_Block_HidePostsForEveryoneUntilItIsLifted(bool byTheAuthor)
    {
        var post = (await Ann.CreatePostAsync(new CreatePostRequest { Text = "hello" })).Post;
        Assert.Equal([post], await SeenAsync(_ben, _ann, post.PostId));
        var (blocker, blocked) = byTheAuthor ? (_ann, _ben) : (_ben, _ann);
        await platform.BlockAsync(blocker, blocked);
        Assert.Empty(await SeenAsync(_ben, _ann, post.PostId));
        Assert.Equal([post], await SeenAsync(_ann, _ann, post.PostId));
        await platform.UnblockAsync(blocker, blocked);
        Assert.Equal([post], await SeenAsync(_ben, _ann, post.PostId));
    }

    [Fact]
    public async Task GetBatchAndList_ConnectionsIsAway_ShowOnlyWhatNoBlockCanHide()
    {
        await using var own = new FeedPlatform();
        await own.InitializeAsync();
        var author = new Entity { Kind = EntityKind.Company, Id = "acme" };
        var text = new CreatePostRequest { Text = "hello" };
        var mine = (await own.Posts(_ann).CreatePostAsync(text)).Post;
        var others = (await own.Posts(_ben).CreatePostAsync(text)).Post;
        var company = (
            await new PostsService.PostsServiceClient(own.Feed.AsService()).CreatePostAsync(
                new CreatePostRequest { Author = author, Text = "news" }
            )
        ).Post;
        await own.StopConnectionsAsync();

        var refusal = await Refusal.OfAsync(
            own.Posts(_ann).GetPostAsync(new GetPostRequest { PostId = others.PostId })
        );
        Assert.Equal(
            (StatusCode.Unavailable, ErrorReason.DependencyUnavailable),
            (refusal.Code, refusal.Reason)
        );
        foreach (var shown in new[] { mine, company })
        {
            var request = new GetPostRequest { PostId = shown.PostId };
            Assert.Equal(shown, (await own.Posts(_ann).GetPostAsync(request)).Post);
            var list = await ListAsync(own.Posts(_ann), shown.Author);
            Assert.Equal([shown], list.Posts);
            Assert.True(list.Completeness.Complete);
        }
        var batch = await own.Posts(_ann)
            .BatchGetPostsAsync(
                new BatchGetPostsRequest
                {
                    PostIds = { mine.PostId, others.PostId, company.PostId },
                }
            );
        Assert.Equal([mine, null, company], batch.Results.Select(result => result.Post));
        Assert.Equal((int)StatusCode.Unavailable, batch.Results[1].Error.Code);
        var hidden = await ListAsync(own.Posts(_ann), others.Author);
        Assert.Empty(hidden.Posts);
        Assert.Equal("connections", Assert.Single(hidden.Completeness.Gaps).Source);
    }

    [Fact]
    public async Task UpdateAndDelete_ByTheAuthorOnly()
    {
        var post = (await Ann.CreatePostAsync(new CreatePostRequest { Text = "first #one" })).Post;
        var foreign = await Refusal.OfAsync(
            platform
                .Posts(_ben)
                .UpdatePostAsync(new UpdatePostRequest { PostId = post.PostId, Text = "mine" })
        );
        Assert.Equal(ErrorReason.NotTheAuthor, foreign.Reason);
        var updated = await Ann.UpdatePostAsync(
            new UpdatePostRequest { PostId = post.PostId, Text = "then #two" }
        );
        Assert.Equal(["two"], updated.Post.Hashtags);
        Assert.NotNull(updated.Post.UpdateTime);
        foreign = await Refusal.OfAsync(
            platform.Posts(_ben).DeletePostAsync(new DeletePostRequest { PostId = post.PostId })
        );
        Assert.Equal(ErrorReason.NotTheAuthor, foreign.Reason);
        await Ann.DeletePostAsync(new DeletePostRequest { PostId = post.PostId });
        await Ann.DeletePostAsync(new DeletePostRequest { PostId = post.PostId });
        var gone = await Refusal.OfAsync(
            Ann.GetPostAsync(new GetPostRequest { PostId = post.PostId })
        );
        Assert.Equal(ErrorReason.PostNotFound, gone.Reason);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-5")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    public async Task GetPost_MalformedId_IsRefused(string id)
    {
        var refusal = await Refusal.OfAsync(Ann.GetPostAsync(new GetPostRequest { PostId = id }));
        Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
        Assert.Equal(["post_id"], refusal.Fields);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public async Task ListAuthorPosts_SizeOutsideTheLimits_IsRefused(int size)
    {
        var refusal = await Refusal.OfAsync(ListAsync(_ann, size));
        Assert.Equal(["page_size"], refusal.Fields);
    }

    [Fact]
    public async Task ListAuthorPosts_Paged_NewestFirst()
    {
        var wanted = new List<string>();
        for (var index = 0; index < 5; index++)
        {
            wanted.Insert(
                0,
                (await Ann.CreatePostAsync(new CreatePostRequest { Text = $"post {index}" }))
                    .Post
                    .PostId
            );
        }
        var first = await ListAsync(_ann, 3);
        var second = await ListAsync(_ann, 3, first.NextPageToken);
        Assert.Equal(wanted, first.Posts.Concat(second.Posts).Select(post => post.PostId));
        Assert.Empty(second.NextPageToken);
        var foreign = await Refusal.OfAsync(ListAsync(_ben, 3, first.NextPageToken));
        Assert.Equal(ErrorReason.InvalidPageToken, foreign.Reason);
    }

    [Fact]
    public async Task DeleteMember_Repeated_LeavesNothing()
    {
        await Ann.CreatePostAsync(new CreatePostRequest { Text = "hello" });
        var service = new FeedOperationsService.FeedOperationsServiceClient(
            platform.Feed.AsService()
        );
        var deleted = await service.DeleteMemberAsync(new DeleteMemberRequest { MemberId = _ann });
        Assert.Equal((true, 1), (deleted.Done, deleted.PostsDeleted));
        Assert.Empty((await ListAsync(_ann)).Posts);
        var refusal = await Refusal.OfAsync(
            new FeedOperationsService.FeedOperationsServiceClient(
                platform.Feed.As(_ann)
            ).DeleteMemberAsync(new DeleteMemberRequest { MemberId = _ben })
        );
        Assert.Equal(ErrorReason.RoleRequired, refusal.Reason);
    }

    private AsyncUnaryCall<ListAuthorPostsResponse> ListAsync(
        string author,
        int size = 0,
        string token = ""
    ) => ListAsync(Ann, new Entity { Kind = EntityKind.Member, Id = author }, size, token);

    private static AsyncUnaryCall<ListAuthorPostsResponse> ListAsync(
        PostsService.PostsServiceClient viewer,
        Entity author,
        int size = 0,
        string token = ""
    ) =>
        viewer.ListAuthorPostsAsync(
            new ListAuthorPostsRequest
            {
                Author = author,
                PageSize = size,
                PageToken = token,
            }
        );

    /// <summary>What a viewer sees of a post, which is the same by itself, in a batch and in its author's list.</summary>
    private async Task<IReadOnlyList<Post>> SeenAsync(string viewer, string author, string id)
    {
        var posts = platform.Posts(viewer);
        var list = await ListAsync(posts, new Entity { Kind = EntityKind.Member, Id = author });
        Assert.True(list.Completeness.Complete);
        var batch = await posts.BatchGetPostsAsync(new BatchGetPostsRequest { PostIds = { id } });
        var item = Assert.Single(batch.Results);
        var request = new GetPostRequest { PostId = id };
        if (list.Posts.Count == 0)
        {
            Assert.Equal((int)StatusCode.NotFound, item.Error.Code);
            var refusal = await Refusal.OfAsync(posts.GetPostAsync(request));
            Assert.Equal(ErrorReason.PostNotFound, refusal.Reason);
        }
        else
        {
            Assert.Equal(list.Posts, [item.Post]);
            Assert.Equal(item.Post, (await posts.GetPostAsync(request)).Post);
        }
        return list.Posts;
    }
}
