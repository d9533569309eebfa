using Microsoft.Extensions.DependencyInjection;
using Platform.Connections.Storage;
using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>A member, and what they do about recommendations.</summary>
public sealed class RecommendationActor(ConnectionsFixture fixture, string name)
{
    public string Id { get; } = ConnectionsFixture.NewMember(name);

    public RecommendationsService.RecommendationsServiceClient Calls => fixture.Recommendations(Id);

    private BlocksService.BlocksServiceClient Blocks => new(fixture.Service.As(Id));

    public Task ConnectAsync(RecommendationActor other) => fixture.ConnectAsync(Id, other.Id);

    public async Task DisconnectAsync(RecommendationActor other) =>
        await fixture
            .Connections(Id)
            .RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = other.Id });

    public async Task<Recommendation> RequestAsync(RecommendationActor author) =>
        (
            await Calls.RequestRecommendationAsync(
                new RequestRecommendationRequest { AuthorId = author.Id, Text = "please" }
            )
        ).Recommendation;

    public async Task<Recommendation> WriteAsync(
        RecommendationActor recipient,
        string text = "text"
    ) =>
        (
            await Calls.WriteRecommendationAsync(
                new WriteRecommendationRequest
                {
                    RecipientId = recipient.Id,
                    Text = text,
                    Relationship = "colleague",
                }
            )
        ).Recommendation;

    public async Task<Recommendation> GetAsync(string id) =>
        (
            await Calls.GetRecommendationAsync(
                new GetRecommendationRequest { RecommendationId = id }
            )
        ).Recommendation;

    public async Task<Recommendation> AcceptAsync(string id) =>
        (
            await Calls.AcceptRecommendationAsync(
                new AcceptRecommendationRequest { RecommendationId = id }
            )
        ).Recommendation;

    public async Task<Recommendation> DeclineAsync(string id) =>
        (
            await Calls.DeclineRecommendationAsync(
                new DeclineRecommendationRequest { RecommendationId = id }
            )
        ).Recommendation;

    public async Task<Recommendation> HideAsync(string id) =>
        (
            await Calls.HideRecommendationAsync(
                new HideRecommendationRequest { RecommendationId = id }
            )
        ).Recommendation;

    public async Task<Recommendation> ShowAsync(string id) =>
        (
            await Calls.ShowRecommendationAsync(
                new ShowRecommendationRequest { RecommendationId = id }
            )
        ).Recommendation;

    public async Task<Recommendation> AskForRevisionAsync(string id) =>
        (
            await Calls.AskForRevisionAsync(
                new AskForRevisionRequest { RecommendationId = id, Text = "shorter" }
            )
        ).Recommendation;

    public async Task<Recommendation> ReviseAsync(string id, string text) =>
        (
            await Calls.ReviseRecommendationAsync(
                new ReviseRecommendationRequest { RecommendationId = id, Text = text }
            )
        ).Recommendation;

    public async Task<Recommendation> WithdrawAsync(string id) =>
        (
            await Calls.WithdrawRecommendationAsync(
                new WithdrawRecommendationRequest { RecommendationId = id }
            )
        ).Recommendation;

    /// <summary>The ids of what a member received, as this one sees them; all pages.</summary>
    public async Task<IReadOnlyList<string>> ReceivedAsync(
        RecommendationActor recipient,
        RecommendationState state = RecommendationState.Unspecified,
        int pageSize = 0
    )
    {
        var ids = new List<string>();
        var request = new ListReceivedRecommendationsRequest
        {
            RecipientId = recipient.Id,
            State = state,
            PageSize = pageSize,
        };
        do
        {
            var page = await Calls.ListReceivedRecommendationsAsync(request);
            ids.AddRange(page.Recommendations.Select(item => item.RecommendationId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return ids;
    }

    /// <summary>The ids of what a member wrote or was asked for, as this one sees them.</summary>
    public async Task<IReadOnlyList<string>> WrittenAsync(RecommendationActor author) =>
        [
            .. (
                await Calls.ListWrittenRecommendationsAsync(
                    new ListWrittenRecommendationsRequest { AuthorId = author.Id }
                )
            ).Recommendations.Select(item => item.RecommendationId),
        ];

    public async Task BlockAsync(RecommendationActor other) =>
        await Blocks.BlockMemberAsync(new BlockMemberRequest { OtherId = other.Id });

    public async Task UnblockAsync(RecommendationActor other) =>
        await Blocks.UnblockMemberAsync(new UnblockMemberRequest { OtherId = other.Id });

    /// <summary>Is erased, as the member's record says it.</summary>
    public async Task EraseAsync()
    {
        var members = fixture.Service.Services.GetRequiredService<IMemberStore>();
        var record = await members.GetAsync(Id, CancellationToken.None);
        Assert.NotNull(
            await members.TryStoreAsync(
                record with
                {
                    Deletion = new Platform.Connections.Members.MemberDeletion(
                        Platform.Connections.Members.MemberDeletionState.Running,
                        DateTimeOffset.UnixEpoch,
                        EndTime: null,
                        RemovedCount: 0
                    ),
                },
                CancellationToken.None
            )
        );
    }
}
