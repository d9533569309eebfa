using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;
using Recommendation = Platform.Connections.V1.Recommendation;
using RecommendationState = Platform.Connections.V1.RecommendationState;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Recommendations: what author and recipient do, and what others see of it.</summary>
public partial class RecommendationsTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>
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
