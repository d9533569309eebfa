using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Recommendations: what author and recipient do, and what others see of it.</summary>
public class RecommendationsTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly RecommendationActor _ann = new(fixture, "ann");
    private readonly RecommendationActor _bob = new(fixture, "bob");
    private readonly RecommendationActor _eve = new(fixture, "eve");

    [Fact]
    public async Task Request_WrittenAndAccepted_IsOnTheProfile()
    {
        await _ann.ConnectAsync(_bob);
        var requested = await _bob.Calls.RequestRecommendationAsync(
            new RequestRecommendationRequest
            {
                AuthorId = _ann.Id,
                Text = "Would you?",
                Relationship = "my manager",
            }
        );
        Assert.Equal(RecommendationState.Requested, requested.Recommendation.State);
        Assert.StartsWith("c", requested.Revision, StringComparison.Ordinal);
        var id = requested.Recommendation.RecommendationId;
        var seen = await _ann.GetAsync(id);
        Assert.Equal(("Would you?", "my manager"), (seen.RequestText, seen.Relationship));

        var written = await _ann.WriteAsync(_bob, "Grüße 🎉");
        Assert.Equal(id, written.RecommendationId);
        Assert.Equal(RecommendationState.Written, written.State);
        Assert.Null(written.AcceptTime);
        Assert.Empty(await _eve.ReceivedAsync(_bob));

        var accepted = await _bob.AcceptAsync(id);
        Assert.Equal(RecommendationState.Accepted, accepted.State);
        Assert.True(accepted.Shown);
        Assert.NotNull(accepted.AcceptTime);

        Assert.Equal([id], await _eve.ReceivedAsync(_bob));
        Assert.Equal([id], await _eve.WrittenAsync(_ann));
        Assert.Empty(await _eve.ReceivedAsync(_ann));
        Assert.Empty(await _eve.WrittenAsync(_bob));
        var profile = await _eve.GetAsync(id);
        Assert.Equal(
            new Recommendation
            {
                RecommendationId = id,
                AuthorId = _ann.Id,
                RecipientId = _bob.Id,
                State = RecommendationState.Accepted,
                Shown = true,
                Text = "Grüße 🎉",
                Relationship = "colleague",
                CreateTime = requested.Recommendation.CreateTime,
                AcceptTime = accepted.AcceptTime,
                UpdateTime = accepted.AcceptTime,
            },
            profile
        );
    }

    [Fact]
    public async Task Written_NotAccepted_IsForTheTwoAlone()
    {
        await _ann.ConnectAsync(_bob);
        var id = (await _ann.WriteAsync(_bob)).RecommendationId;

        Assert.Equal([id], await _ann.WrittenAsync(_ann));
        Assert.Equal([id], await _bob.ReceivedAsync(_bob));
        await AssertNotFoundAsync(_eve, id);
        Assert.Empty(await _eve.ReceivedAsync(_bob));
        Assert.Empty(await _eve.WrittenAsync(_ann));
        // also of a list that is another's, the two see the public part
        Assert.Empty(await _ann.ReceivedAsync(_bob));
        Assert.Empty(await _bob.WrittenAsync(_ann));
        foreach (var state in System.Enum.GetValues<RecommendationState>())
        {
            Assert.Empty(await _eve.ReceivedAsync(_bob, state));
        }
    }

    [Fact]
    public async Task HideAndShow_Accepted_TakesItOffAndPutsItBack()
    {
        var id = await AcceptedAsync();

        Assert.False((await _bob.HideAsync(id)).Shown);
        Assert.False((await _bob.HideAsync(id)).Shown);
        await AssertNotFoundAsync(_eve, id);
        Assert.Empty(await _eve.ReceivedAsync(_bob));
        Assert.Equal([id], await _bob.ReceivedAsync(_bob));
        Assert.Equal([id], await _ann.WrittenAsync(_ann));

        Assert.True((await _bob.ShowAsync(id)).Shown);
        Assert.True((await _bob.ShowAsync(id)).Shown);
        Assert.Equal([id], await _eve.ReceivedAsync(_bob));
        Assert.Equal(
            ErrorReason.RecommendationState,
            (await Refusal.OfAsync(() => _ann.HideAsync(id))).Reason
        );
    }

    [Fact]
    public async Task Revision_AskedForAndAccepted_ReplacesTheTextOnlyThen()
    {
        var id = await AcceptedAsync();

        Assert.Equal("shorter", (await _bob.AskForRevisionAsync(id)).RevisionRequestText);
        Assert.Equal("shorter", (await _ann.GetAsync(id)).RevisionRequestText);
        await AssertProfileAsync("text");
        var revised = await _ann.ReviseAsync(id, "short");
        Assert.Equal(RecommendationState.Revised, revised.State);
        Assert.Equal(
            ("text", "short", "colleague"),
            (revised.Text, revised.RevisedText, revised.RevisedRelationship)
        );
        await AssertProfileAsync("text");

        await _bob.AcceptAsync(id);
        await AssertProfileAsync("short");

        // the author changes it unasked; the recipient will not have it
        await _ann.ReviseAsync(id, "worse");
        Assert.Equal(RecommendationState.Accepted, (await _bob.DeclineAsync(id)).State);
        await AssertProfileAsync("short");

        async Task AssertProfileAsync(string text)
        {
            var profile = await _eve.GetAsync(id);
            Assert.Equal(
                (RecommendationState.Accepted, text, "", "", ""),
                (
                    profile.State,
                    profile.Text,
                    profile.RevisedText,
                    profile.RevisionRequestText,
                    profile.RevisedRelationship
                )
            );
            Assert.Equal(profile.AcceptTime, profile.UpdateTime);
            Assert.Equal([id], await _eve.ReceivedAsync(_bob, RecommendationState.Accepted));
            Assert.Empty(await _eve.ReceivedAsync(_bob, RecommendationState.Revised));
            Assert.Empty(await _eve.ReceivedAsync(_bob, RecommendationState.RevisionAsked));
        }
    }

    [Fact]
    public async Task Accept_TextRevisedSinceItWasRead_IsRefused()
    {
        await _ann.ConnectAsync(_bob);
        var read = await _ann.WriteAsync(_bob);
        await _ann.ReviseAsync(read.RecommendationId, "something else");

        var refusal = await Refusal.OfAsync(
            _bob.Calls.AcceptRecommendationAsync(
                new AcceptRecommendationRequest
                {
                    RecommendationId = read.RecommendationId,
                    SeenUpdateTime = read.UpdateTime,
                }
            )
        );

        Assert.Equal(ErrorReason.RecommendationState, refusal.Reason);
        Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        Assert.Equal("revised", refusal.Info.Metadata["state"]);
        Assert.Empty(await _eve.ReceivedAsync(_bob));
        var seen = await _bob.GetAsync(read.RecommendationId);
        await _bob.Calls.AcceptRecommendationAsync(
            new AcceptRecommendationRequest
            {
                RecommendationId = read.RecommendationId,
                SeenUpdateTime = seen.UpdateTime,
            }
        );
        Assert.Equal("something else", (await _eve.GetAsync(read.RecommendationId)).Text);
    }

    [Fact]
    public async Task Strangers_RequestOrWrite_AreRefused()
    {
        await AssertNotFirstDegreeAsync(_ann, _bob);
        // an invitation is not enough
        await fixture
            .Invitations(_ann.Id)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = _bob.Id });
        await AssertNotFirstDegreeAsync(_ann, _bob);
        await AssertNotFirstDegreeAsync(_bob, _ann);
    }

    [Fact]
    public async Task Request_WhileOneIsOpen_IsRefusedInThisDirectionOnly()
    {
        await _ann.ConnectAsync(_bob);
        var id = (await _bob.RequestAsync(_ann)).RecommendationId;

        await AssertExistsAsync(() => _bob.RequestAsync(_ann));
        var other = await _bob.WriteAsync(_ann);
        Assert.NotEqual(id, other.RecommendationId);
        await _ann.WriteAsync(_bob);
        await AssertExistsAsync(() => _ann.WriteAsync(_bob));
        await AssertExistsAsync(() => _bob.RequestAsync(_ann));
        await _bob.AcceptAsync(id);
        await AssertExistsAsync(() => _ann.WriteAsync(_bob));

        static async Task AssertExistsAsync(Func<Task> call)
        {
            var refusal = await Refusal.OfAsync(call);
            Assert.Equal(ErrorReason.RecommendationExists, refusal.Reason);
            Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        }
    }

    [Fact]
    public async Task DeclineAndWithdraw_EndIt_AndANewOneTakesItsPlace()
    {
        await _ann.ConnectAsync(_bob);
        var first = (await _bob.RequestAsync(_ann)).RecommendationId;
        Assert.Equal(RecommendationState.Declined, (await _ann.DeclineAsync(first)).State);
        Assert.Equal([first], await _bob.ReceivedAsync(_bob, RecommendationState.Declined));

        var second = (await _ann.WriteAsync(_bob)).RecommendationId;
        Assert.NotEqual(first, second);
        await AssertNotFoundAsync(_ann, first);
        Assert.Equal(RecommendationState.Declined, (await _bob.DeclineAsync(second)).State);
        // the author can take the text up again
        Assert.Equal("text", (await _ann.GetAsync(second)).Text);

        var third = (await _ann.WriteAsync(_bob)).RecommendationId;
        await _bob.AcceptAsync(third);
        Assert.Equal(RecommendationState.Withdrawn, (await _ann.WithdrawAsync(third)).State);
        Assert.Equal("", (await _bob.GetAsync(third)).Text);
        await AssertNotFoundAsync(_eve, third);
        Assert.Empty(await _eve.ReceivedAsync(_bob));

        var fourth = (await _bob.RequestAsync(_ann)).RecommendationId;
        Assert.Equal(RecommendationState.Withdrawn, (await _bob.WithdrawAsync(fourth)).State);
        Assert.Equal([fourth], await _bob.ReceivedAsync(_bob));
        var refusal = await Refusal.OfAsync(() => _ann.DeclineAsync(fourth));
        Assert.Equal(ErrorReason.RecommendationState, refusal.Reason);
        Assert.Equal("withdrawn", refusal.Info.Metadata["state"]);
    }

    [Fact]
    public async Task ConnectionEnded_AcceptedStays_WhatWaitsOnlyEnds()
    {
        var accepted = await AcceptedAsync();
        var waiting = (await _bob.WriteAsync(_ann)).RecommendationId;
        await _ann.ReviseAsync(accepted, "newer");

        await _ann.DisconnectAsync(_bob);

        Assert.Equal("text", (await _eve.GetAsync(accepted)).Text);
        Assert.Equal([accepted], await _eve.ReceivedAsync(_bob));
        await AssertRefusedAsync(() => _ann.AcceptAsync(waiting));
        await AssertRefusedAsync(() => _bob.AcceptAsync(accepted));
        await AssertRefusedAsync(() => _ann.ReviseAsync(accepted, "newest"));
        await AssertRefusedAsync(() => _ann.AskForRevisionAsync(waiting));
        await AssertNotFirstDegreeAsync(_ann, _eve);
        Assert.Equal(RecommendationState.Accepted, (await _bob.DeclineAsync(accepted)).State);
        await _bob.HideAsync(accepted);
        await _bob.ShowAsync(accepted);
        // connected again, what waited goes on
        await _ann.ConnectAsync(_bob);
        Assert.Equal(RecommendationState.Accepted, (await _ann.AcceptAsync(waiting)).State);
        await _ann.DisconnectAsync(_bob);
        await _bob.WithdrawAsync(waiting);
        await _ann.WithdrawAsync(accepted);
        Assert.Empty(await _eve.ReceivedAsync(_bob));
        Assert.Empty(await _eve.ReceivedAsync(_ann));

        static async Task AssertRefusedAsync(Func<Task> call)
        {
            var refusal = await Refusal.OfAsync(call);
            Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
            Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Block_ByEither_HidesItForEverybodyForGood(bool byAuthor)
    {
        var id = await AcceptedAsync();
        var (blocker, blocked) = byAuthor ? (_ann, _bob) : (_bob, _ann);

        await blocker.BlockAsync(blocked);
        await AssertHiddenAsync();
        await AssertNotFirstDegreeAsync(_ann, _bob);
        await AssertNotFirstDegreeAsync(_bob, _ann);

        await blocker.UnblockAsync(blocked);
        await AssertHiddenAsync();
        await _ann.ConnectAsync(_bob);
        await AssertHiddenAsync();

        var written = await _ann.WriteAsync(_bob, "a new beginning");
        Assert.NotEqual(id, written.RecommendationId);
        await _bob.AcceptAsync(written.RecommendationId);
        Assert.Equal([written.RecommendationId], await _eve.ReceivedAsync(_bob));

        async Task AssertHiddenAsync()
        {
            foreach (var viewer in new[] { _ann, _bob, _eve })
            {
                await AssertNotFoundAsync(viewer, id);
                Assert.Empty(await viewer.ReceivedAsync(_bob));
                Assert.Empty(await viewer.WrittenAsync(_ann));
            }
            await AssertNotFoundAsync(() => _ann.WithdrawAsync(id));
            await AssertNotFoundAsync(() => _ann.ReviseAsync(id, "changed"));
            await AssertNotFoundAsync(() => _bob.ShowAsync(id));
            await AssertNotFoundAsync(() => _bob.DeclineAsync(id));
        }
    }

    [Theory]
    [InlineData("the viewer", "the recipient")]
    [InlineData("the recipient", "the viewer")]
    [InlineData("the viewer", "the author")]
    [InlineData("the author", "the viewer")]
    public async Task Block_BetweenAViewerAndOneOfTheTwo_HidesItFromTheViewer(
        string blocker,
        string blocked
    )
    {
        var id = await AcceptedAsync();
        var other = new RecommendationActor(fixture, "other");
        await other.ConnectAsync(_bob);
        var ofOther = (await other.WriteAsync(_bob)).RecommendationId;
        await _bob.AcceptAsync(ofOther);

        await Find(blocker).BlockAsync(Find(blocked));

        await AssertNotFoundAsync(_eve, id);
        Assert.Empty(await _eve.WrittenAsync(_ann));
        Assert.Equal(
            blocker == "the author" || blocked == "the author" ? [ofOther] : [],
            await _eve.ReceivedAsync(_bob)
        );
        var friend = new RecommendationActor(fixture, "friend");
        Assert.Equal([ofOther, id], await friend.ReceivedAsync(_bob));
        Assert.Equal([ofOther, id], await _bob.ReceivedAsync(_bob));

        RecommendationActor Find(string role) =>
            role switch
            {
                "the viewer" => _eve,
                "the author" => _ann,
                _ => _bob,
            };
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Erased_EitherMember_IsAsIfItNeverWas(bool author)
    {
        var id = await AcceptedAsync();
        var (erased, other) = author ? (_ann, _bob) : (_bob, _ann);

        await erased.EraseAsync();

        foreach (var viewer in new[] { other, _eve })
        {
            await AssertNotFoundAsync(viewer, id);
            Assert.Empty(await viewer.ReceivedAsync(_bob));
            Assert.Empty(await viewer.WrittenAsync(_ann));
        }
        await AssertNotFoundAsync(() => author ? other.HideAsync(id) : other.WithdrawAsync(id));
        await AssertNotFirstDegreeAsync(other, erased);
        Func<Task>[] calls =
        [
            () => erased.GetAsync(id),
            () => erased.ReceivedAsync(erased),
            () => erased.WrittenAsync(other),
            () => erased.WriteAsync(other),
            () => erased.RequestAsync(other),
            () => erased.WithdrawAsync(id),
        ];
        foreach (var call in calls)
        {
            Assert.Equal(ErrorReason.MemberDeleted, (await Refusal.OfAsync(call)).Reason);
        }
    }

    [Fact]
    public async Task List_WithHiddenOnesBetween_HasFullPages()
    {
        var shown = new List<string>();
        for (var index = 0; index < 9; index++)
        {
            var author = new RecommendationActor(fixture, $"author-{index}");
            await author.ConnectAsync(_bob);
            var id = (await author.WriteAsync(_bob)).RecommendationId;
            await _bob.AcceptAsync(id);
            if (index % 3 == 1)
            {
                await author.BlockAsync(_eve);
                continue;
            }
            shown.Insert(0, id);
        }

        for (var size = 1; size <= 7; size++)
        {
            var request = new ListReceivedRecommendationsRequest
            {
                RecipientId = _bob.Id,
                PageSize = size,
            };
            var listed = new List<string>();
            do
            {
                var page = await _eve.Calls.ListReceivedRecommendationsAsync(request);
                listed.AddRange(page.Recommendations.Select(item => item.RecommendationId));
                request.PageToken = page.NextPageToken;
                // pages do not tell that something is left out
                Assert.True(page.Recommendations.Count == size || request.PageToken.Length == 0);
                Assert.True(page.Recommendations.Count > 0);
            } while (request.PageToken.Length > 0);
            Assert.Equal(shown, listed);
        }
        Assert.Equal(9, (await _bob.ReceivedAsync(_bob, pageSize: 2)).Count);
    }

    [Fact]
    public async Task RequestId_EveryMutation_GivesTheFirstAnswerAgain()
    {
        await _ann.ConnectAsync(_bob);
        await _ann.ConnectAsync(_eve);
        var again = new List<Func<Task>>();
        var id = "";
        await DoAsync(
            new RequestRecommendationRequest { AuthorId = _ann.Id, RequestId = "request" },
            async request => await _bob.Calls.RequestRecommendationAsync(request)
        );
        id = (await _bob.ReceivedAsync(_bob))[0];
        await DoAsync(
            new WriteRecommendationRequest
            {
                RecipientId = _bob.Id,
                Text = "text",
                RequestId = "write",
            },
            async request => await _ann.Calls.WriteRecommendationAsync(request)
        );
        await DoAsync(
            new AcceptRecommendationRequest { RecommendationId = id, RequestId = "accept" },
            async request => await _bob.Calls.AcceptRecommendationAsync(request)
        );
        await DoAsync(
            new HideRecommendationRequest { RecommendationId = id, RequestId = "hide" },
            async request => await _bob.Calls.HideRecommendationAsync(request)
        );
        await DoAsync(
            new ShowRecommendationRequest { RecommendationId = id, RequestId = "show" },
            async request => await _bob.Calls.ShowRecommendationAsync(request)
        );
        await DoAsync(
            new AskForRevisionRequest { RecommendationId = id, RequestId = "ask" },
            async request => await _bob.Calls.AskForRevisionAsync(request)
        );
        await DoAsync(
            new ReviseRecommendationRequest
            {
                RecommendationId = id,
                Text = "newer",
                RequestId = "revise",
            },
            async request => await _ann.Calls.ReviseRecommendationAsync(request)
        );
        await DoAsync(
            new DeclineRecommendationRequest { RecommendationId = id, RequestId = "decline" },
            async request => await _bob.Calls.DeclineRecommendationAsync(request)
        );
        await DoAsync(
            new WithdrawRecommendationRequest { RecommendationId = id, RequestId = "withdraw" },
            async request => await _ann.Calls.WithdrawRecommendationAsync(request)
        );
        // after all of it, and after the revision of the service moved on
        await _bob.ConnectAsync(_eve);
        await _ann.DisconnectAsync(_bob);
        foreach (var repeat in again)
        {
            await repeat();
        }
        Assert.Equal(RecommendationState.Withdrawn, (await _ann.GetAsync(id)).State);

        async Task DoAsync<TRequest, TResponse>(
            TRequest request,
            Func<TRequest, Task<TResponse>> call
        )
            where TRequest : IMessage<TRequest>
            where TResponse : IMessage<TResponse>
        {
            var first = await call(request);
            Assert.Equal(first, await call(request));
            again.Add(async () => Assert.Equal(first, await call(request)));
        }
    }

    [Fact]
    public async Task RequestId_WithOtherContent_IsRefused()
    {
        await _ann.ConnectAsync(_bob);
        var request = new WriteRecommendationRequest
        {
            RecipientId = _bob.Id,
            Text = "text",
            RequestId = "r1",
        };
        await _ann.Calls.WriteRecommendationAsync(request);
        request.Text = "another";

        Assert.Equal(
            ErrorReason.RequestIdReused,
            (await Refusal.OfAsync(_ann.Calls.WriteRecommendationAsync(request))).Reason
        );
    }

    [Fact]
    public async Task Strangers_EveryVerb_FindNothing()
    {
        var id = await AcceptedAsync();

        await AssertNotFoundAsync(() => _eve.AcceptAsync(id));
        await AssertNotFoundAsync(() => _eve.DeclineAsync(id));
        await AssertNotFoundAsync(() => _eve.HideAsync(id));
        await AssertNotFoundAsync(() => _eve.ShowAsync(id));
        await AssertNotFoundAsync(() => _eve.AskForRevisionAsync(id));
        await AssertNotFoundAsync(() => _eve.ReviseAsync(id, "mine"));
        await AssertNotFoundAsync(() => _eve.WithdrawAsync(id));
        Assert.Equal("text", (await _eve.GetAsync(id)).Text);
    }

    [Fact]
    public async Task Service_ActingForTheTwo_DoesWhatTheyMay()
    {
        await _ann.ConnectAsync(_bob);
        var service = new RecommendationsService.RecommendationsServiceClient(
            fixture.Service.AsService()
        );

        var written = await service.WriteRecommendationAsync(
            new WriteRecommendationRequest
            {
                MemberId = _ann.Id,
                RecipientId = _bob.Id,
                Text = "text",
            }
        );
        await service.AcceptRecommendationAsync(
            new AcceptRecommendationRequest
            {
                MemberId = _bob.Id,
                RecommendationId = written.Recommendation.RecommendationId,
            }
        );

        var list = await service.ListReceivedRecommendationsAsync(
            new ListReceivedRecommendationsRequest { MemberId = _eve.Id, RecipientId = _bob.Id }
        );
        Assert.Single(list.Recommendations);
    }

    [Fact]
    public async Task Revision_OfAnAnswer_IsReachedByTheService()
    {
        await _ann.ConnectAsync(_bob);
        var requested = await _bob.Calls.RequestRecommendationAsync(
            new RequestRecommendationRequest { AuthorId = _ann.Id }
        );

        var check = await fixture
            .Connections(_ann.Id)
            .CheckConnectionAsync(
                new CheckConnectionRequest
                {
                    OtherId = _bob.Id,
                    Consistency = new Consistency { AtLeastRevision = requested.Revision },
                }
            );

        Assert.Equal(ConnectionStatus.Connected, check.Status);
    }

    [Fact]
    public async Task Times_OfAStory_GrowWithEachChange()
    {
        await _ann.ConnectAsync(_bob);
        var written = await _ann.WriteAsync(_bob);
        var id = written.RecommendationId;
        var times = new List<Timestamp>
        {
            written.UpdateTime,
            (await _ann.ReviseAsync(id, "second")).UpdateTime,
            (await _bob.AcceptAsync(id)).UpdateTime,
            (await _bob.HideAsync(id)).UpdateTime,
            (await _bob.ShowAsync(id)).UpdateTime,
            (await _bob.AskForRevisionAsync(id)).UpdateTime,
            (await _bob.WithdrawAsync(id)).UpdateTime,
        };

        Assert.Equal(times.Distinct().Order(), times);
        Assert.Equal(written.CreateTime, (await _ann.GetAsync(id)).CreateTime);
    }

    private async Task<string> AcceptedAsync()
    {
        await _ann.ConnectAsync(_bob);
        var id = (await _ann.WriteAsync(_bob)).RecommendationId;
        await _bob.AcceptAsync(id);
        return id;
    }

    private static Task AssertNotFoundAsync(RecommendationActor viewer, string id) =>
        AssertNotFoundAsync(() => viewer.GetAsync(id));

    private static async Task AssertNotFoundAsync(Func<Task> call)
    {
        var refusal = await Refusal.OfAsync(call);
        Assert.Equal(ErrorReason.RecommendationNotFound, refusal.Reason);
        Assert.Equal(StatusCode.NotFound, refusal.Code);
        Assert.Empty(refusal.Info.Metadata);
    }

    private static async Task AssertNotFirstDegreeAsync(
        RecommendationActor actor,
        RecommendationActor other
    )
    {
        foreach (
            var call in new Func<Task>[]
            {
                () => actor.WriteAsync(other),
                () => actor.RequestAsync(other),
            }
        )
        {
            var refusal = await Refusal.OfAsync(call);
            Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
            Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        }
    }
}
