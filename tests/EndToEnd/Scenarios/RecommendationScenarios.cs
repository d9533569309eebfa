using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>Recommendations, through the gateway.</summary>
public abstract class RecommendationScenarios : ScenarioSuite
{
    [Fact]
    public async Task Recommendation_FromRequestToProfile_IsShownAsItsOwnerAccepted()
    {
        var (ada, grace, eve) = await MembersAsync();
        await ada.ConnectAsync(grace);

        var requested = await grace.Recommendations.RequestRecommendationAsync(
            new RequestRecommendationRequest { AuthorId = ada.Id, Text = "Would you?" }
        );
        var id = requested.Recommendation.RecommendationId;
        await ada.Recommendations.WriteRecommendationAsync(
            new WriteRecommendationRequest
            {
                RecipientId = grace.Id,
                Text = "She is the best, by far.",
                Relationship = "colleague",
            }
        );
        await grace.Recommendations.AskForRevisionAsync(
            new AskForRevisionRequest { RecommendationId = id, Text = "Less, please" }
        );
        Assert.Empty(await ProfileAsync(eve, grace));
        var revised = await ada.Recommendations.ReviseRecommendationAsync(
            new ReviseRecommendationRequest { RecommendationId = id, Text = "She is good." }
        );
        await grace.Recommendations.AcceptRecommendationAsync(
            new AcceptRecommendationRequest
            {
                RecommendationId = id,
                SeenUpdateTime = revised.Recommendation.UpdateTime,
            }
        );

        var shown = Assert.Single(await ProfileAsync(eve, grace));
        Assert.Equal(("She is good.", "colleague"), (shown.Text, shown.Relationship));
        Assert.Equal(("", ""), (shown.RequestText, shown.RevisionRequestText));

        await grace.Recommendations.HideRecommendationAsync(
            new HideRecommendationRequest { RecommendationId = id }
        );
        Assert.Empty(await ProfileAsync(eve, grace));
        await grace.Recommendations.ShowRecommendationAsync(
            new ShowRecommendationRequest { RecommendationId = id }
        );
        // words stay when people part, until they are taken back
        await ada.DisconnectAsync(grace);
        Assert.Single(await ProfileAsync(eve, grace));
        await ada.Recommendations.WithdrawRecommendationAsync(
            new WithdrawRecommendationRequest { RecommendationId = id }
        );
        Assert.Empty(await ProfileAsync(eve, grace));
    }

    [Fact]
    public async Task Recommendation_AfterABlock_IsGoneForEverybodyForGood()
    {
        var (ada, grace, eve) = await MembersAsync();
        await ada.ConnectAsync(grace);
        var written = await ada.Recommendations.WriteRecommendationAsync(
            new WriteRecommendationRequest { RecipientId = grace.Id, Text = "She is good." }
        );
        await grace.Recommendations.AcceptRecommendationAsync(
            new AcceptRecommendationRequest
            {
                RecommendationId = written.Recommendation.RecommendationId,
            }
        );
        Assert.Single(await ProfileAsync(eve, grace));

        await ada.Blocks.BlockMemberAsync(new BlockMemberRequest { OtherId = grace.Id });
        await AssertGoneAsync();
        await ada.Blocks.UnblockMemberAsync(new UnblockMemberRequest { OtherId = grace.Id });
        await ada.ConnectAsync(grace);
        await AssertGoneAsync();

        async Task AssertGoneAsync()
        {
            foreach (var viewer in new[] { ada, grace, eve })
            {
                Assert.Empty(await ProfileAsync(viewer, grace));
                var refusal = await Refusal.OfAsync(
                    viewer.Recommendations.GetRecommendationAsync(
                        new GetRecommendationRequest
                        {
                            RecommendationId = written.Recommendation.RecommendationId,
                        }
                    )
                );
                Assert.Equal(ErrorReason.RecommendationNotFound, refusal.Reason);
            }
        }
    }

    [Fact]
    public async Task Recommendation_OfAStranger_IsRefused()
    {
        var (ada, grace, _) = await MembersAsync();

        var refusal = await Refusal.OfAsync(
            ada.Recommendations.WriteRecommendationAsync(
                new WriteRecommendationRequest { RecipientId = grace.Id, Text = "She is good." }
            )
        );

        Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
        Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
    }

    private async Task<(Actor Ada, Actor Grace, Actor Eve)> MembersAsync() =>
        (await MemberAsync("ada"), await MemberAsync("grace"), await MemberAsync("eve"));

    private static async Task<IReadOnlyList<Recommendation>> ProfileAsync(
        Actor viewer,
        Actor owner
    ) =>
        (
            await viewer.Recommendations.ListReceivedRecommendationsAsync(
                new ListReceivedRecommendationsRequest { RecipientId = owner.Id }
            )
        ).Recommendations;
}
