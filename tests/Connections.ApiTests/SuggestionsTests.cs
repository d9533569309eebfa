using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Who is suggested, in which order, and who is not.</summary>
public class SuggestionsTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>,
        IAsyncLifetime
{
    private readonly NetworkActor _actor = new(fixture);
    private readonly string _run = Guid.NewGuid().ToString("N");

    private string Ann => Id("ann");

    public async ValueTask InitializeAsync() => await _actor.UntilReadyAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Suggestions_SelectiveConnections_WeighMoreThanThoseOfMany()
    {
        // two ways to each: to one through members who know few, to the other through members who know many
        string[] few = [Id("few1"), Id("few2")];
        string[] many = [Id("many1"), Id("many2")];
        await _actor.ImportAsync(Ann, [.. few, .. many]);
        await _actor.ImportAsync(Id("close"), few);
        await _actor.ImportAsync(Id("far"), many);
        foreach (var hub in many)
        {
            await _actor.ImportAsync(
                hub,
                Enumerable.Range(0, 40).Select(at => Id($"{hub[..5]}-x{at}"))
            );
        }

        var all = await ListAllAsync(await FreshAsync(), pageSize: 7);

        Assert.Equal([Id("close"), Id("far")], all.Take(2).Select(found => found.MemberId));
        Assert.Equal(82, all.Select(found => found.MemberId).Distinct().Count());
        Assert.Equal(82, all.Count);
        Assert.Equal(
            all.Select(found => found.Score).OrderDescending(),
            all.Select(found => found.Score)
        );
        var best = all[0];
        Assert.Equal((2, ConnectionStatus.None), (best.MutualCount, best.Status));
        Assert.Equal(few, best.SampleConnectorIds);
        Assert.Equal([SuggestionReason.MutualConnections], best.Reasons);
    }

    [Fact]
    public async Task Suggestions_ConnectionOfToday_IsAReasonAndWeighsMore()
    {
        var hub = Id("hub");
        await _actor.ImportAsync(hub, [Ann, Id("a-old")]);
        await _actor.ConnectAsync(hub, Id("z-new"));

        var all = await ListAllAsync(await FreshAsync());

        Assert.Equal([Id("z-new"), Id("a-old")], all.Select(found => found.MemberId));
        Assert.Equal(
            [SuggestionReason.MutualConnections, SuggestionReason.RecentActivity],
            all[0].Reasons
        );
    }

    [Fact]
    public async Task Suggestions_WhoMayNotOrNeedNotBeInvited_IsLeftOut()
    {
        var hub = Id("hub");
        string[] names =
        [
            "open",
            "connected",
            "invited",
            "inviting",
            "declined",
            "withdrawn",
            "blocked",
            "blocking",
            "nobody",
            "dismissed",
        ];
        await _actor.ImportAsync(hub, [Ann, .. names.Select(Id)]);
        await _actor.ConnectAsync(Ann, Id("connected"));
        await InviteAsync(Ann, Id("invited"));
        await InviteAsync(Id("inviting"), Ann);
        await fixture
            .Invitations(Id("declined"))
            .DeclineInvitationAsync(
                new DeclineInvitationRequest
                {
                    InvitationId = await InviteAsync(Ann, Id("declined")),
                }
            );
        await fixture
            .Invitations(Ann)
            .WithdrawInvitationAsync(
                new WithdrawInvitationRequest
                {
                    InvitationId = await InviteAsync(Ann, Id("withdrawn")),
                }
            );
        await _actor.BlockAsync(Ann, Id("blocked"));
        await _actor.BlockAsync(Id("blocking"), Ann);
        await new ConnectionSettingsService.ConnectionSettingsServiceClient(
            fixture.Service.As(Id("nobody"))
        ).UpdateConnectionSettingsAsync(
            new UpdateConnectionSettingsRequest
            {
                Settings = new ConnectionSettings
                {
                    InvitationAudience = InvitationAudience.Nobody,
                },
            }
        );
        await _actor
            .As(Ann)
            .DismissSuggestionAsync(new DismissSuggestionRequest { OtherId = Id("dismissed") });

        var all = await ListAllAsync(await FreshAsync());
        Assert.Equal([Id("open")], all.Select(found => found.MemberId));
        var received = await ListAllAsync(await FreshAsync(), includeReceived: true);
        Assert.Equal(
            [
                (Id("inviting"), ConnectionStatus.InvitationReceived),
                (Id("open"), ConnectionStatus.None),
            ],
            received.Select(found => (found.MemberId, found.Status)).Order()
        );
    }

    [Fact]
    public async Task Dismissal_Repeated_HoldsUntilItIsTakenBack()
    {
        await _actor.ImportAsync(Id("hub"), [Ann, Id("bob")]);
        var client = _actor.As(Ann);
        for (var time = 0; time < 2; time++)
        {
            await client.DismissSuggestionAsync(
                new DismissSuggestionRequest { OtherId = Id("bob"), RequestId = "r1" }
            );
            Assert.Empty(await ListAllAsync(await FreshAsync()));
        }
        for (var time = 0; time < 2; time++)
        {
            await client.RestoreSuggestionAsync(
                new RestoreSuggestionRequest { OtherId = Id("bob") }
            );
            Assert.Single(await ListAllAsync(await FreshAsync()));
        }
    }

    [Fact]
    public async Task Suggestions_ThroughAMemberWhoHidesTheList_AreNotMade()
    {
        await _actor.ImportAsync(Id("hub"), [Ann, Id("bob")]);
        var fresh = await FreshAsync();
        Assert.Single(await ListAllAsync(fresh));

        await _actor.ShowAsync(Id("hub"), ListVisibility.OnlyMe);

        Assert.Empty(await ListAllAsync(fresh));
    }

    [Fact]
    public async Task Requests_BadInput_AreRefusedWithTheirReason()
    {
        var client = _actor.As(Ann);
        (ErrorReason, Func<Task>)[] calls =
        [
            (
                ErrorReason.SameMember,
                async () =>
                    await client.DismissSuggestionAsync(
                        new DismissSuggestionRequest { OtherId = Ann }
                    )
            ),
            (
                ErrorReason.SameMember,
                async () =>
                    await client.RestoreSuggestionAsync(
                        new RestoreSuggestionRequest { OtherId = Ann }
                    )
            ),
            (
                ErrorReason.InvalidRequest,
                async () => await client.DismissSuggestionAsync(new DismissSuggestionRequest())
            ),
            (
                ErrorReason.InvalidRequest,
                async () =>
                    await client.ListSuggestionsAsync(new ListSuggestionsRequest { PageSize = 101 })
            ),
            (
                ErrorReason.InvalidPageToken,
                async () =>
                    await client.ListSuggestionsAsync(
                        new ListSuggestionsRequest { PageToken = "x" }
                    )
            ),
        ];
        foreach (var (reason, call) in calls)
        {
            Assert.Equal(reason, (await Refusal.OfAsync(call)).Reason);
        }
    }

    private string Id(string name) => $"{name}-{_run}";

    /// <summary>A revision after everything that was imported, which gives none.</summary>
    private async Task<Consistency> FreshAsync() =>
        NetworkActor.AtLeast(await _actor.ConnectAsync(Id("x"), $"y-{Guid.NewGuid():N}"));

    private async Task<string> InviteAsync(string inviter, string invitee) =>
        (
            await fixture
                .Invitations(inviter)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee })
        )
            .Invitation
            .InvitationId;

    private async Task<List<Suggestion>> ListAllAsync(
        Consistency fresh,
        int pageSize = 0,
        bool includeReceived = false
    )
    {
        var all = new List<Suggestion>();
        var token = "";
        do
        {
            var page = await _actor
                .As(Ann)
                .ListSuggestionsAsync(
                    new ListSuggestionsRequest
                    {
                        PageSize = pageSize,
                        PageToken = token,
                        IncludeReceived = includeReceived,
                        Consistency = fresh,
                    }
                );
            Assert.True(page.Completeness.Complete);
            all.AddRange(page.Suggestions);
            token = page.NextPageToken;
        } while (token.Length > 0);
        return all;
    }
}
