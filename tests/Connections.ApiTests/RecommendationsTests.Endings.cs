using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Connections.Recommendations;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;
using RecommendationState = Platform.Connections.V1.RecommendationState;

namespace Platform.Tests.Connections.ApiTests;

public partial class RecommendationsTests
{
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

    [Theory]
    [InlineData(true, ErrorReason.MemberDeleted)]
    [InlineData(false, ErrorReason.NotFirstDegree)]
    public async Task Erased_WhileItIsStored_LeavesNothing(bool author, ErrorReason reason)
    {
        await _ann.ConnectAsync(_bob);
        var services = fixture.Service.Services;
        var inner = services.GetRequiredService<IRecommendationStore>();
        var handler = new RecommendationsHandler(
            new StoreBehindAnErasure(inner, (author ? _ann : _bob).EraseAsync),
            services.GetRequiredService<IConnectionStore>(),
            services.GetRequiredService<IMemberStore>(),
            TimeProvider.System
        );

        var refusal = await Assert.ThrowsAsync<DomainException>(() =>
            handler.WriteAsync(_ann.Id, _bob.Id, "text", "", request: null, CancellationToken.None)
        );

        Assert.Equal(reason, refusal.Reason);
        var key = new RecommendationKey(_ann.Id, _bob.Id);
        Assert.Null((await inner.GetAsync(key, CancellationToken.None)).Latest);
    }

    /// <summary>An erasure begins, and walks past, after the members were looked at and before the document is there.</summary>
    private sealed class StoreBehindAnErasure(IRecommendationStore inner, Func<Task> erase)
        : IRecommendationStore
    {
        public async Task<RecommendationThread?> TryStoreAsync(
            RecommendationThread next,
            CancellationToken cancellationToken
        )
        {
            await erase();
            return await inner.TryStoreAsync(next, cancellationToken);
        }

        public Task<RecommendationThread> GetAsync(
            RecommendationKey key,
            CancellationToken cancellationToken
        ) => inner.GetAsync(key, cancellationToken);

        public Task<IReadOnlyList<RecommendationThread>> ListAsync(
            RecommendationQuery query,
            CancellationToken cancellationToken
        ) => inner.ListAsync(query, cancellationToken);

        public Task<IReadOnlyList<RecommendationThread>> ListAllAsync(
            RecommendationKey? after,
            int limit,
            CancellationToken cancellationToken
        ) => inner.ListAllAsync(after, limit, cancellationToken);

        public Task<int> EraseMemberAsync(
            string member,
            int limit,
            CancellationToken cancellationToken
        ) => inner.EraseMemberAsync(member, limit, cancellationToken);
    }
}
