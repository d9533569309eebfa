using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Connections;

/// <summary>Finds the latest recommendation by one member of another, which people name by the two.</summary>
public static class RecommendationSearch
{
    private const int MaxPageSize = 200;

    /// <summary>The recommendation, as one of the two sees it.</summary>
    /// <exception cref="CliException">There is none in this direction; the reason is the one the service would give.</exception>
    public static async Task<Recommendation> FindAsync(
        GatewaySession session,
        string member,
        string author,
        string recipient,
        CancellationToken cancellationToken
    )
    {
        var client = new RecommendationsService.RecommendationsServiceClient(session.Invoker);
        var isAuthor = member == author;
        var token = "";
        do
        {
            (IEnumerable<Recommendation> page, token) = isAuthor
                ? await WrittenAsync(client, session, member, token, cancellationToken)
                : await ReceivedAsync(client, session, member, token, cancellationToken);
            var found = page.FirstOrDefault(recommendation =>
                recommendation.AuthorId == author && recommendation.RecipientId == recipient
            );
            if (found is not null)
            {
                return found;
            }
        } while (token.Length > 0);
        throw new CliException(
            ExitCode.Refused,
            "RECOMMENDATION_NOT_FOUND",
            $"{author} has not recommended {recipient}, and was not asked to"
        );
    }

    private static async Task<(IEnumerable<Recommendation>, string)> WrittenAsync(
        RecommendationsService.RecommendationsServiceClient client,
        GatewaySession session,
        string member,
        string token,
        CancellationToken cancellationToken
    )
    {
        var page = await client.ListWrittenRecommendationsAsync(
            new ListWrittenRecommendationsRequest
            {
                MemberId = member,
                PageSize = MaxPageSize,
                PageToken = token,
            },
            session.Call(cancellationToken)
        );
        return (page.Recommendations, page.NextPageToken);
    }

    private static async Task<(IEnumerable<Recommendation>, string)> ReceivedAsync(
        RecommendationsService.RecommendationsServiceClient client,
        GatewaySession session,
        string member,
        string token,
        CancellationToken cancellationToken
    )
    {
        var page = await client.ListReceivedRecommendationsAsync(
            new ListReceivedRecommendationsRequest
            {
                MemberId = member,
                PageSize = MaxPageSize,
                PageToken = token,
            },
            session.Call(cancellationToken)
        );
        return (page.Recommendations, page.NextPageToken);
    }
}
