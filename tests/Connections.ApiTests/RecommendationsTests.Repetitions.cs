using Google.Protobuf;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;
using RecommendationState = Platform.Connections.V1.RecommendationState;

namespace Platform.Tests.Connections.ApiTests;

public partial class RecommendationsTests
{
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
}
