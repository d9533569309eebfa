using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>Turns the pages of what a member wrote or received, and finds in them what people name by the two.</summary>
public static class RecommendationSearch
{
    /// <summary>The largest page that the service gives.</summary>
    public const int MaxPageSize = 200;

    /// <summary>The latest recommendation by one member of another, as one of the two sees it.</summary>
    /// <exception cref="CliException">There is none in this direction; the reason is the one the service would give.</exception>
    public static async Task<Recommendation> FindAsync(
        MemberRun run,
        string author,
        string recipient
    ) =>
        await Pages.FindAsync<Recommendation>(
            MaxPageSize,
            (size, token) => PageAsync(run, run.MemberId, run.MemberId == author, size, token),
            recommendation =>
                recommendation.AuthorId == author && recommendation.RecipientId == recipient
        )
        ?? throw new CliException(
            ExitCode.Refused,
            "RECOMMENDATION_NOT_FOUND",
            $"{author} has not recommended {recipient}, and was not asked to"
        );

    /// <summary>A page of what <paramref name="owner"/> wrote, or received.</summary>
    public static async Task<(IEnumerable<Recommendation>, string)> PageAsync(
        MemberRun run,
        string owner,
        bool written,
        int size,
        string token
    )
    {
        var client = new RecommendationsService.RecommendationsServiceClient(run.Invoker);
        if (written)
        {
            var page = await client.ListWrittenRecommendationsAsync(
                new ListWrittenRecommendationsRequest
                {
                    MemberId = run.MemberId,
                    AuthorId = owner,
                    PageSize = size,
                    PageToken = token,
                },
                run.Call()
            );
            return (page.Recommendations, page.NextPageToken);
        }
        else
        {
            var page = await client.ListReceivedRecommendationsAsync(
                new ListReceivedRecommendationsRequest
                {
                    MemberId = run.MemberId,
                    RecipientId = owner,
                    PageSize = size,
                    PageToken = token,
                },
                run.Call()
            );
            return (page.Recommendations, page.NextPageToken);
        }
    }
}
