using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Many callers at once on one recommendation: one winner, a clean reason for each loser, and all agree afterwards.</summary>
public class RecommendationRaceTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private const int Rounds = 10;
    private const int Callers = 12;

    [Fact]
    public async Task Requests_ManyAtOnce_OneIsOpen()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = await NewPairAsync();

            var outcomes = await Race.RefusalsAsync(Callers, _ => bob.RequestAsync(ann));

            Assert.Single(outcomes, outcome => outcome is null);
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal => Assert.Equal(ErrorReason.RecommendationExists, refusal.Reason)
            );
            Assert.Single(await bob.ReceivedAsync(bob));
            Assert.Single(await ann.WrittenAsync(ann));
        }
    }

    [Fact]
    public async Task RequestsAgainstWrites_ManyAtOnce_OneIsWritten()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = await NewPairAsync();

            var outcomes = await Race.RefusalsAsync(
                Callers,
                caller =>
                    caller % 2 == 0 ? bob.RequestAsync(ann) : ann.WriteAsync(bob, $"text {caller}")
            );

            // a request may come first and is then answered by one of the texts
            Assert.InRange(outcomes.Count(outcome => outcome is null), 1, 2);
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal => Assert.Equal(ErrorReason.RecommendationExists, refusal.Reason)
            );
            var id = Assert.Single(await bob.ReceivedAsync(bob));
            var recommendation = await ann.GetAsync(id);
            Assert.Equal(RecommendationState.Written, recommendation.State);
            Assert.Null(outcomes[int.Parse(recommendation.Text["text ".Length..], provider: null)]);
        }
    }

    [Fact]
    public async Task AcceptAgainstWithdraw_ManyAtOnce_EndsWithdrawn()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = await NewPairAsync();
            var id = (await ann.WriteAsync(bob)).RecommendationId;

            var outcomes = await Race.RefusalsAsync(
                Callers,
                caller => caller % 2 == 0 ? bob.AcceptAsync(id) : ann.WithdrawAsync(id)
            );

            // the author may take an accepted text back, so one withdrawal succeeds in any case
            Assert.Single(outcomes.Where((outcome, caller) => caller % 2 == 1 && outcome is null));
            Assert.InRange(outcomes.Count(outcome => outcome is null), 1, 2);
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal =>
                {
                    Assert.Equal(ErrorReason.RecommendationState, refusal.Reason);
                    Assert.True(refusal.Info.Metadata["state"] is "accepted" or "withdrawn");
                }
            );
            foreach (var member in new[] { ann, bob })
            {
                var seen = await member.GetAsync(id);
                Assert.Equal((RecommendationState.Withdrawn, ""), (seen.State, seen.Text));
                Assert.Empty(await member.ReceivedAsync(bob, RecommendationState.Accepted));
            }
            Assert.Empty(await ann.ReceivedAsync(bob));
        }
    }

    [Fact]
    public async Task AcceptAgainstDecline_ManyAtOnce_OneWins()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = await NewPairAsync();
            var id = (await ann.WriteAsync(bob)).RecommendationId;

            var outcomes = await Race.RefusalsAsync(
                Callers,
                caller => caller % 2 == 0 ? bob.AcceptAsync(id) : bob.DeclineAsync(id)
            );

            Assert.Single(outcomes, outcome => outcome is null);
            var accepted = Array.IndexOf(outcomes, null) % 2 == 0;
            Assert.Equal(
                accepted ? RecommendationState.Accepted : RecommendationState.Declined,
                (await ann.GetAsync(id)).State
            );
            Assert.Equal(accepted ? 1 : 0, (await ann.ReceivedAsync(bob)).Count);
        }
    }

    [Fact]
    public async Task ReviseAgainstAccept_ManyAtOnce_NothingUnreadIsOnTheProfile()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = await NewPairAsync();
            var read = await ann.WriteAsync(bob, "what was read");
            var id = read.RecommendationId;

            var outcomes = await Race.RefusalsAsync(
                Callers,
                caller =>
                    caller % 2 == 0
                        ? bob
                            .Calls.AcceptRecommendationAsync(
                                new AcceptRecommendationRequest
                                {
                                    RecommendationId = id,
                                    SeenUpdateTime = read.UpdateTime,
                                }
                            )
                            .ResponseAsync
                        : ann.ReviseAsync(id, $"revised {caller}")
            );

            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal => Assert.Equal(ErrorReason.RecommendationState, refusal.Reason)
            );
            // every revision is stored: the author may write as often as they like
            Assert.Equal(Callers / 2, outcomes.Where((_, caller) => caller % 2 == 1).Count(IsDone));
            var accepts = outcomes.Where((_, caller) => caller % 2 == 0).Count(IsDone);
            Assert.InRange(accepts, 0, 1);
            var seen = await bob.GetAsync(id);
            Assert.Equal((RecommendationState.Revised, "what was read"), (seen.State, seen.Text));
            Assert.StartsWith("revised ", seen.RevisedText, StringComparison.Ordinal);
            var profile = await ann.ReceivedAsync(bob);
            Assert.Equal(accepts, profile.Count);
        }

        static bool IsDone(Refusal? outcome) => outcome is null;
    }

    [Fact]
    public async Task SameRequestId_ManyAtOnce_AllGetOneAnswer()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = await NewPairAsync();
            var answers = new WriteRecommendationResponse[Callers];

            var outcomes = await Race.RefusalsAsync(
                Callers,
                async caller =>
                    answers[caller] = await ann.Calls.WriteRecommendationAsync(
                        new WriteRecommendationRequest
                        {
                            RecipientId = bob.Id,
                            Text = "text",
                            RequestId = "r1",
                        }
                    )
            );

            Assert.All(outcomes, Assert.Null);
            Assert.Single(answers.Distinct());
            Assert.Single(await ann.WrittenAsync(ann));
        }
    }

    [Fact]
    public async Task BlockAgainstWriteAndAccept_ManyAtOnce_NothingIsThereAfterwards()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = await NewPairAsync();
            var (_, eve) = await NewPairAsync();
            var id = (await bob.WriteAsync(ann)).RecommendationId;

            var outcomes = await Race.RefusalsAsync(
                Callers,
                caller =>
                    (caller % 4) switch
                    {
                        0 => bob.BlockAsync(ann),
                        1 => ann.AcceptAsync(id),
                        2 => ann.WriteAsync(bob),
                        _ => bob.ReviseAsync(id, "revised"),
                    }
            );

            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal =>
                    Assert.True(
                        refusal.Reason
                            is ErrorReason.NotFirstDegree
                                or ErrorReason.RecommendationNotFound
                                or ErrorReason.RecommendationExists
                                or ErrorReason.RecommendationState,
                        refusal.Status.ToString()
                    )
            );
            await AssertNothingAsync();
            await bob.UnblockAsync(ann);
            await ann.ConnectAsync(bob);
            await AssertNothingAsync();

            async Task AssertNothingAsync()
            {
                foreach (var viewer in new[] { ann, bob, eve })
                {
                    foreach (var member in new[] { ann, bob })
                    {
                        Assert.Empty(await viewer.ReceivedAsync(member));
                        Assert.Empty(await viewer.WrittenAsync(member));
                    }
                }
            }
        }
    }

    private async Task<(RecommendationActor Ann, RecommendationActor Bob)> NewPairAsync()
    {
        var (ann, bob) = (
            new RecommendationActor(fixture, "ann"),
            new RecommendationActor(fixture, "bob")
        );
        await ann.ConnectAsync(bob);
        return (ann, bob);
    }
}
