using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Testing;
using FollowChange = Platform.Follows.Storage.FollowChange;

namespace Platform.Tests.Follows.ApiTests;

public sealed class FollowsServiceTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    private static readonly Entity Acme = new() { Kind = EntityKind.Company, Id = "acme" };

    [Fact]
    public async Task Follow_Member_IsListedCountedAndCheckedByBoth()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());

        var followed = await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(bob) });

        Assert.False(followed.AlreadyFollowing);
        Assert.NotEmpty(followed.Revision);
        var at = new Consistency { AtLeastRevision = followed.Revision };
        var following = await server
            .As(ann)
            .ListFollowingAsync(
                new ListFollowingRequest { Kind = EntityKind.Member, Consistency = at }
            );
        Assert.Equal(bob, Assert.Single(following.Followed).Entity.Id);
        Assert.NotNull(following.Followed[0].FollowTime);
        var followers = await server.As(bob).ListFollowersAsync(new ListFollowersRequest());
        Assert.Equal(ann, Assert.Single(followers.Followers).MemberId);
        var check = await server
            .As(ann)
            .CheckFollowAsync(new CheckFollowRequest { Entity = Member(bob) });
        Assert.True(check.Check.Following);
        Assert.False(check.Check.FollowedBy);
        var back = await server
            .As(bob)
            .CheckFollowAsync(new CheckFollowRequest { Entity = Member(ann) });
        Assert.False(back.Check.Following);
        Assert.True(back.Check.FollowedBy);
        var counts = await server.As(ann).GetFollowCountsAsync(new GetFollowCountsRequest());
        Assert.Equal(1, counts.Following.Single(count => count.Kind == EntityKind.Member).Count);
        Assert.Equal(5, counts.Following.Count);
        Assert.Equal(0, counts.FollowerCount);
    }

    [Fact]
    public async Task Follow_Twice_ChangesNothing()
    {
        var ann = FollowsServer.NewId();
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Acme });

        var again = await server.As(ann).FollowAsync(new FollowRequest { Entity = Acme });

        Assert.True(again.AlreadyFollowing);
    }

    [Fact]
    public async Task Follow_Hashtag_IsNormalised()
    {
        var ann = FollowsServer.NewId();

        var followed = await server
            .As(ann)
            .FollowAsync(new FollowRequest { Entity = Hashtag("#ＣＡＦＥ\u0301") });

        Assert.Equal("café", followed.Entity.Id);
        var check = await server
            .As(ann)
            .CheckFollowAsync(new CheckFollowRequest { Entity = Hashtag("Café") });
        Assert.True(check.Check.Following);
    }

    [Fact]
    public async Task Follow_RepeatedRequestId_AnswersTheFirstAnswer()
    {
        var ann = FollowsServer.NewId();
        var request = new FollowRequest { Entity = Acme, RequestId = "req:1" };
        var first = await server.As(ann).FollowAsync(request);
        await server.As(ann).UnfollowAsync(new UnfollowRequest { Entity = Acme });

        var again = await server.As(ann).FollowAsync(request);

        // what remains is told as of now
        Assert.Equal(first.Quota.FollowsRemaining + 1, again.Quota.FollowsRemaining);
        first.Quota = again.Quota = null;
        Assert.Equal(first, again);
        Assert.False(
            (await server.As(ann).CheckFollowAsync(new CheckFollowRequest { Entity = Acme }))
                .Check
                .Following
        );
    }

    [Fact]
    public async Task Follow_RequestIdWithOtherContent_IsRefused()
    {
        var ann = FollowsServer.NewId();
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Acme, RequestId = "r" });

        var refusal = await Refusal.OfAsync(
            server
                .As(ann)
                .FollowAsync(new FollowRequest { Entity = Member("other"), RequestId = "r" })
        );
        var otherMethod = await Refusal.OfAsync(
            server.As(ann).UnfollowAsync(new UnfollowRequest { Entity = Acme, RequestId = "r" })
        );

        Assert.Equal(
            (StatusCode.InvalidArgument, ErrorReason.RequestIdReused),
            (refusal.Code, refusal.Reason)
        );
        Assert.Equal(ErrorReason.RequestIdReused, otherMethod.Reason);
    }

    [Fact]
    public async Task Follow_Oneself_IsRefused()
    {
        var ann = FollowsServer.NewId();

        var refusal = await Refusal.OfAsync(
            server.As(ann).FollowAsync(new FollowRequest { Entity = Member(ann) })
        );

        Assert.Equal(
            (StatusCode.InvalidArgument, ErrorReason.SelfFollow),
            (refusal.Code, refusal.Reason)
        );
        Assert.Equal("platform.follows.v1", refusal.Info.Domain);
    }

    [Fact]
    public async Task Follow_BadEntities_AreRefusedWithTheirField()
    {
        (Entity? Entity, string Field)[] cases =
        [
            (null, "entity"),
            (new Entity { Id = "x" }, "entity.kind"),
            (new Entity { Kind = (EntityKind)77, Id = "x" }, "entity.kind"),
            (new Entity { Kind = EntityKind.Company }, "entity.id"),
            (Member("a b"), "entity.id"),
            (Member(new string('a', 65)), "entity.id"),
            (Hashtag("\u0301\u0302"), "entity.id"),
            (Hashtag("___"), "entity.id"),
        ];
        foreach (var (entity, field) in cases)
        {
            var refusal = await Refusal.OfAsync(
                server.As("ann").FollowAsync(new FollowRequest { Entity = entity })
            );

            Assert.Equal(
                (StatusCode.InvalidArgument, ErrorReason.InvalidRequest),
                (refusal.Code, refusal.Reason)
            );
            Assert.Equal([field], refusal.Fields);
        }
    }

    [Fact]
    public async Task Follow_ForAnother_IsRefused()
    {
        var refusal = await Refusal.OfAsync(
            server.As("ann").FollowAsync(new FollowRequest { MemberId = "bob", Entity = Acme })
        );
        var unnamed = await Refusal.OfAsync(
            server.AsService.FollowAsync(new FollowRequest { Entity = Acme })
        );

        Assert.Equal(
            (StatusCode.PermissionDenied, ErrorReason.ActingForAnother),
            (refusal.Code, refusal.Reason)
        );
        Assert.Equal(ErrorReason.MemberIdRequired, unnamed.Reason);
    }

    [Fact]
    public async Task Follow_TokensThatAreNone_AreRefused()
    {
        var request = new FollowRequest { Entity = Acme };
        var missing = await Refusal.OfAsync(Client(null).FollowAsync(request));
        var forged = await Refusal.OfAsync(
            Client(server.Identity.ForgedToken("ann")).FollowAsync(request)
        );
        var expired = await Refusal.OfAsync(
            Client(server.Identity.ExpiredToken("ann")).FollowAsync(request)
        );

        Assert.Equal(ErrorReason.CredentialsMissing, missing.Reason);
        Assert.Equal(ErrorReason.CredentialsInvalid, forged.Reason);
        Assert.Equal(ErrorReason.CredentialsExpired, expired.Reason);
    }

    [Fact]
    public async Task Unfollow_Followed_IsGoneFromBothDirections()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(bob) });

        await server.As(ann).UnfollowAsync(new UnfollowRequest { Entity = Member(bob) });

        Assert.Empty(
            (await server.As(bob).ListFollowersAsync(new ListFollowersRequest())).Followers
        );
        Assert.Equal(
            0,
            (await server.As(bob).GetFollowCountsAsync(new GetFollowCountsRequest())).FollowerCount
        );
        var refusal = await Refusal.OfAsync(
            server.As(ann).UnfollowAsync(new UnfollowRequest { Entity = Member(bob) })
        );
        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.NotFollowing),
            (refusal.Code, refusal.Reason)
        );
    }

    [Fact]
    public async Task RemoveFollower_Follower_EndsTheFollow()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(bob) });

        await server.As(bob).RemoveFollowerAsync(new RemoveFollowerRequest { FollowerId = ann });

        Assert.Empty(
            (
                await server
                    .As(ann)
                    .ListFollowingAsync(new ListFollowingRequest { Kind = EntityKind.Member })
            ).Followed
        );
        var refusal = await Refusal.OfAsync(
            server.As(bob).RemoveFollowerAsync(new RemoveFollowerRequest { FollowerId = ann })
        );
        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.NotAFollower),
            (refusal.Code, refusal.Reason)
        );
    }

    [Fact]
    public async Task BatchFollow_SomeBad_AnswersItemByItem()
    {
        var ann = FollowsServer.NewId();
        var request = new BatchFollowRequest
        {
            RequestId = "b",
            Entities = { Acme, Member(ann), Hashtag("two words"), Acme },
        };

        var answer = await server.As(ann).BatchFollowAsync(request);

        Assert.Equal([0, 3, 3, 0], answer.Results.Select(result => result.Status.Code));
        Assert.Equal(
            [Acme, Member(ann), Hashtag("two words"), Acme],
            answer.Results.Select(result => result.Entity)
        );
        Assert.Equal(
            1,
            (await server.As(ann).GetFollowCountsAsync(new GetFollowCountsRequest())).Following.Sum(
                count => count.Count
            )
        );
        var again = await server.As(ann).BatchFollowAsync(request);
        Assert.Equal(answer.Results, again.Results);
    }

    [Fact]
    public async Task Batches_TooLargeOrEmpty_AreRefused()
    {
        var many = new BatchFollowRequest { Entities = { Enumerable.Repeat(Acme, 101) } };
        var manyChecks = new BatchCheckFollowsRequest
        {
            Entities = { Enumerable.Repeat(Acme, 501) },
        };

        var refusal = await Refusal.OfAsync(server.As("ann").BatchFollowAsync(many));
        var checks = await Refusal.OfAsync(server.As("ann").BatchCheckFollowsAsync(manyChecks));
        var empty = await Refusal.OfAsync(
            server.As("ann").BatchFollowAsync(new BatchFollowRequest())
        );

        Assert.Equal(ErrorReason.BatchTooLarge, refusal.Reason);
        Assert.Equal("100", refusal.Info.Metadata["limit"]);
        Assert.Equal(ErrorReason.BatchTooLarge, checks.Reason);
        Assert.Equal(ErrorReason.InvalidRequest, empty.Reason);
    }

    [Fact]
    public async Task BatchCheckFollows_ManyKinds_AnswersInOrderWithDoubles()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Hashtag("dotnet") });
        await server.As(bob).FollowAsync(new FollowRequest { Entity = Member(ann) });

        var answer = await server
            .As(ann)
            .BatchCheckFollowsAsync(
                new BatchCheckFollowsRequest
                {
                    Entities = { Member(bob), Hashtag("DotNet"), Acme, Member(bob) },
                }
            );

        Assert.Equal([false, true, false, false], answer.Checks.Select(check => check.Following));
        Assert.Equal([true, false, false, true], answer.Checks.Select(check => check.FollowedBy));
    }

    [Fact]
    public async Task PrivateLists_OthersToken_AreRefused()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(bob) });

        var following = await Refusal.OfAsync(
            server
                .As(bob)
                .ListFollowingAsync(
                    new ListFollowingRequest { OwnerId = ann, Kind = EntityKind.Member }
                )
        );
        var followers = await Refusal.OfAsync(
            server.As(ann).ListFollowersAsync(new ListFollowersRequest { Entity = Member(bob) })
        );
        var company = await Refusal.OfAsync(
            server.As(ann).ListFollowersAsync(new ListFollowersRequest { Entity = Acme })
        );
        var counts = await server
            .As(bob)
            .GetFollowCountsAsync(new GetFollowCountsRequest { OwnerId = ann });
        var stream = await Refusal.OfAsync(() =>
            ReadAsync(
                server.As(bob).StreamFollowers(new StreamFollowersRequest { Entity = Member(bob) })
            )
        );

        Assert.Equal(
            (StatusCode.PermissionDenied, ErrorReason.FollowingPrivate),
            (following.Code, following.Reason)
        );
        Assert.Equal(
            (StatusCode.PermissionDenied, ErrorReason.FollowersPrivate),
            (followers.Code, followers.Reason)
        );
        Assert.Equal(ErrorReason.FollowersPrivate, company.Reason);
        Assert.Empty(counts.Following);
        Assert.Equal(ErrorReason.RoleRequired, stream.Reason);
    }

    [Fact]
    public async Task PrivateLists_ServiceToken_AreRead()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(bob) });

        var following = await server.AsService.ListFollowingAsync(
            new ListFollowingRequest { OwnerId = ann, Kind = EntityKind.Member }
        );
        var followers = await server.AsService.ListFollowersAsync(
            new ListFollowersRequest { Entity = Member(bob) }
        );
        var counts = await server.AsService.BatchGetFollowerCountsAsync(
            new BatchGetFollowerCountsRequest { Entities = { Member(bob), Member(ann) } }
        );

        Assert.Equal(bob, Assert.Single(following.Followed).Entity.Id);
        Assert.Equal(ann, Assert.Single(followers.Followers).MemberId);
        Assert.Equal([1L, 0L], counts.Counts.Select(count => count.Count));
    }

    [Fact]
    public async Task ListFollowing_Pages_ListAllAndBindTheirTokens()
    {
        var ann = FollowsServer.NewId();
        var ids = Enumerable.Range(0, 25).Select(number => $"{number}").ToList();
        foreach (var id in ids)
        {
            await server
                .As(ann)
                .FollowAsync(
                    new FollowRequest
                    {
                        Entity = new Entity { Kind = EntityKind.Group, Id = id },
                    }
                );
        }

        var request = new ListFollowingRequest { Kind = EntityKind.Group, PageSize = 10 };
        var listed = new List<string>();
        ListFollowingResponse page;
        do
        {
            page = await server.As(ann).ListFollowingAsync(request);
            listed.AddRange(page.Followed.Select(followed => followed.Entity.Id));
            if (request.PageToken.Length == 0)
            {
                var foreign = new ListFollowingRequest
                {
                    Kind = EntityKind.Company,
                    PageToken = page.NextPageToken,
                };
                var refusal = await Refusal.OfAsync(server.As(ann).ListFollowingAsync(foreign));
                Assert.Equal(ErrorReason.InvalidPageToken, refusal.Reason);
            }
            request.PageToken = page.NextPageToken;
        } while (page.NextPageToken.Length > 0);

        Assert.Equal(Enumerable.Reverse(ids), listed);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task Lists_BadPageSize_AreRefused(int size)
    {
        var following = await Refusal.OfAsync(
            server
                .As("ann")
                .ListFollowingAsync(
                    new ListFollowingRequest { Kind = EntityKind.Member, PageSize = size }
                )
        );
        var followers = await Refusal.OfAsync(
            server.As("ann").ListFollowersAsync(new ListFollowersRequest { PageSize = size })
        );

        Assert.Equal(["page_size"], following.Fields);
        Assert.Equal(["page_size"], followers.Fields);
    }

    [Fact]
    public async Task Reads_ForeignRevision_AreRefused()
    {
        var request = new CheckFollowRequest
        {
            Entity = Acme,
            Consistency = new Consistency { AtLeastRevision = "from-somewhere-else" },
        };

        var refusal = await Refusal.OfAsync(server.As("ann").CheckFollowAsync(request));

        Assert.Equal(ErrorReason.InvalidRevision, refusal.Reason);
    }

    [Fact]
    public async Task StreamFollowers_InChunks_StreamsAllAndResumes()
    {
        var entity = new Entity { Kind = EntityKind.Publisher, Id = FollowsServer.NewId() };
        var ids = Enumerable.Range(100, 30).Select(number => $"{number}").ToList();
        foreach (var id in ids)
        {
            await server.AsService.FollowAsync(
                new FollowRequest { MemberId = id, Entity = entity }
            );
        }

        var chunks = await ReadAsync(
            server.AsService.StreamFollowers(
                new StreamFollowersRequest { Entity = entity, ChunkSize = 10 }
            )
        );
        var rest = await ReadAsync(
            server.AsService.StreamFollowers(
                new StreamFollowersRequest
                {
                    Entity = entity,
                    ChunkSize = 10,
                    Cursor = chunks[0].Cursor,
                }
            )
        );
        var foreign = await Refusal.OfAsync(() =>
            ReadAsync(
                server.AsService.StreamFollowers(
                    new StreamFollowersRequest { Entity = Acme, Cursor = chunks[0].Cursor }
                )
            )
        );

        Assert.Equal([10, 10, 10], chunks.Select(chunk => chunk.FollowerIds.Count));
        Assert.Equal([false, false, true], chunks.Select(chunk => chunk.Complete));
        Assert.Equal(ids, chunks.SelectMany(chunk => chunk.FollowerIds));
        Assert.Equal(ids.Skip(10), rest.SelectMany(chunk => chunk.FollowerIds));
        Assert.Equal(ErrorReason.InvalidCursor, foreign.Reason);
    }

    [Fact]
    public async Task StreamFollowing_ManyKinds_StreamsAllAndResumes()
    {
        var ann = FollowsServer.NewId();
        foreach (var id in new[] { "1", "2", "3" })
        {
            await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(id) });
            await server.As(ann).FollowAsync(new FollowRequest { Entity = Hashtag(id) });
        }

        var request = new StreamFollowingRequest { MemberId = ann, ChunkSize = 2 };
        var chunks = await ReadAsync(server.AsService.StreamFollowing(request));
        request.Cursor = chunks[1].Cursor;
        var rest = await ReadAsync(server.AsService.StreamFollowing(request));

        string[] expected =
        [
            "Member 1",
            "Member 2",
            "Member 3",
            "Hashtag 1",
            "Hashtag 2",
            "Hashtag 3",
        ];
        Assert.Equal(
            expected,
            chunks.SelectMany(chunk => chunk.EntityIds.Select(id => $"{chunk.Kind} {id}"))
        );
        Assert.Equal(
            expected.Skip(3),
            rest.SelectMany(chunk => chunk.EntityIds.Select(id => $"{chunk.Kind} {id}"))
        );
        Assert.True(chunks[^1].Complete);
        Assert.Equal(1, chunks.Count(chunk => chunk.Complete));
    }

    [Fact]
    public async Task MutualFollows_AndThoseNotFollowedBack_ShareOutTheList()
    {
        var ann = FollowsServer.NewId();
        var ids = Enumerable.Range(10, 12).Select(number => $"{ann}.{number}").ToList();
        foreach (var id in ids)
        {
            await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(id) });
        }
        var back = ids.Where((_, index) => index is 0 or 3 or 11).ToList();
        foreach (var id in back)
        {
            await server.As(id).FollowAsync(new FollowRequest { Entity = Member(ann) });
        }

        var mutual = new List<string>();
        var request = new ListMutualFollowsRequest { PageSize = 2 };
        do
        {
            var page = await server.As(ann).ListMutualFollowsAsync(request);
            Assert.NotEmpty(page.MemberIds);
            mutual.AddRange(page.MemberIds);
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        var others = await server
            .As(ann)
            .ListNotFollowedBackAsync(new ListNotFollowedBackRequest());

        Assert.Equal(back, mutual);
        Assert.Equal(ids.Except(back), others.MemberIds);
    }

    [Fact]
    public async Task Crash_AfterTheFirstStep_IsFinishedByTheWorker()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        var store = server.Service.Services.GetRequiredService<IFollowStore>();
        var pair = new FollowPair(ann, Followable.Member(bob));
        await store.ChangeAsync(
            new FollowChange(pair, Follow: true, ann),
            TestContext.Current.CancellationToken
        );

        await Eventually.HoldsAsync(
            "the journal worker gives bob his follower",
            async () =>
                (
                    await server.As(bob).GetFollowCountsAsync(new GetFollowCountsRequest())
                ).FollowerCount == 1
        );
        await Eventually.HoldsAsync(
            "the journal entry is struck out",
            async () =>
                await store.ReadPendingAsync(pair, TestContext.Current.CancellationToken) is null
        );
    }

    [Fact]
    public async Task Rest_FollowCheckAndUnfollow_Work()
    {
        var ann = FollowsServer.NewId();
        using var client = new HttpClient { BaseAddress = new Uri(server.Service.Address) };
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            server.Identity.Token(ann)
        );
        using var body = new StringContent(
            """{"entity": {"kind": "ENTITY_KIND_HASHTAG", "id": "Café"}}""",
            new MediaTypeHeaderValue("application/json")
        );

        var follow = await client.PostAsync(new Uri("/v1/follows", UriKind.Relative), body);
        var check = await client.GetStringAsync(
            new Uri("/v1/follows/ENTITY_KIND_HASHTAG/caf%C3%A9:check", UriKind.Relative)
        );
        var unfollow = await client.DeleteAsync(
            new Uri("/v1/follows/ENTITY_KIND_HASHTAG/caf%C3%A9", UriKind.Relative)
        );
        var again = await client.DeleteAsync(
            new Uri("/v1/follows/ENTITY_KIND_HASHTAG/caf%C3%A9", UriKind.Relative)
        );

        Assert.Equal(HttpStatusCode.OK, follow.StatusCode);
        Assert.Contains("\"following\":true", check, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, unfollow.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    private FollowsService.FollowsServiceClient Client(string? token) =>
        new(server.Service.WithToken(token));

    private static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };

    private static Entity Hashtag(string id) => new() { Kind = EntityKind.Hashtag, Id = id };

    private static async Task<List<T>> ReadAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            return await call.ResponseStream.ReadAllAsync().ToListAsync();
        }
    }
}
